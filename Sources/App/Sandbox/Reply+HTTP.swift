import HTTP

extension Reply {
  /// The reply as the server sends it.
  var response: HTTPResponse {
    var fields = HTTPHeaders()
    if let contentType { fields.append("Content-Type", contentType) }
    for (name, value) in headers { fields.append(name, value) }
    switch delivery {
    case .whole: return HTTPResponse(status: status, headers: fields, body: .bytes(body))
    case .lost: return HTTPResponse(status: 500, headers: fields, body: .abort)
    case .cut:
      let half = Array(body.prefix(body.count / 2))
      return HTTPResponse(
        status: status, headers: fields, body: .truncated(half, announced: body.count))
    }
  }
}
