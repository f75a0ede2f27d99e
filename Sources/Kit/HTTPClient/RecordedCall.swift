import HTTP
public import Kit

extension HTTPClient {
  /// Sends once and keeps what happened as `api_calls` will show it: secrets are gone before the
  /// record exists.
  public func recorded(
    _ request: HTTPClientRequest, service: String, endpoint: String, relatedID: String?
  ) async -> (record: CallRecord, result: Result<HTTPClientResponse, HTTPClientError>) {
    let started = Timestamp.now()
    let clock = ContinuousClock.now
    let result: Result<HTTPClientResponse, HTTPClientError>
    do { result = .success(try await send(request)) } catch { result = .failure(error) }
    var record = CallRecord(
      id: UUIDv7.make(at: started), service: service, endpoint: endpoint, method: request.method,
      url: Redaction.url(request.url), requestHeaders: Redaction.headers(request.headers.fields),
      requestBody: request.body ?? [], requestContentType: request.headers["Content-Type"] ?? "",
      startedAt: started, duration: ContinuousClock.now - clock, isSuccess: false,
      correlationID: Log.correlationID ?? endpoint, relatedID: relatedID)
    switch result {
    case .success(let response):
      record.statusCode = response.status
      record.responseHeaders = Redaction.headers(
        response.headers.fields.filter { Self.matters($0.0) })
      record.responseBody = Redaction.bytes(response.body)
      record.isSuccess = (200..<300).contains(response.status)
    case .failure(let error): record.problem = error.message
    }
    return (record, result)
  }

  /// Headers that say something about the answer, not about the servers on the way.
  private static func matters(_ name: String) -> Bool {
    switch name.lowercased() {
    case "content-type", "content-length", "retry-after", "link", "location", "etag", "date",
      "content-disposition", "x-request-id", "server":
      true
    default: false
    }
  }
}
