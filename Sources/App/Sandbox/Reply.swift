import Kit

/// What one of the simulated services answers, before the dials and the wire have their say.
struct Reply: Sendable {
  enum Delivery: Sendable, Equatable {
    case whole
    /// The connection closes without an answer.
    case lost
    /// The body's first half arrives, though all of it was announced.
    case cut
  }

  var status: Int
  var contentType: String?
  var headers: [(String, String)] = []
  var body: [UInt8] = []
  var delivery = Delivery.whole

  static let lost = Reply(status: 0, delivery: .lost)
  static let noContent = Reply(status: 204)

  static func json(_ json: JSON, status: Int = 200) -> Reply {
    json.reply(status)
  }

  static func html(_ status: Int, _ title: String) -> Reply {
    let page = """
      <html><head><title>\(status) \(title)</title></head>\
      <body><center><h1>\(status) \(title)</h1></center><hr></body></html>
      """
    return Reply(status: status, contentType: "text/html", body: Array(page.utf8))
  }
}

extension JSON {
  fileprivate func reply(_ status: Int) -> Reply {
    Reply(status: status, contentType: "application/json;charset=UTF-8", body: bytes)
  }
}
