public import Kit

/// An answer to be sent.
public struct HTTPResponse: Sendable {
  public enum Body: Sendable {
    case bytes([UInt8])
    /// Announces more bytes than it sends, then closes: only a simulation wants that.
    case truncated([UInt8], announced: Int)
    /// Closes the connection without any answer: only a simulation wants that.
    case abort
  }

  public var status: Int
  public var headers: HTTPHeaders
  public var body: Body

  public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: Body = .bytes([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  public static func json(_ json: JSON, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": "application/json; charset=utf-8"],
      body: .bytes(json.bytes))
  }

  public static func text(_ text: String, status: Int = 200, type: String = "text/plain") -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": "\(type); charset=utf-8"],
      body: .bytes(Array(text.utf8)))
  }

  public static func html(_ text: String, status: Int = 200) -> HTTPResponse {
    .text(text, status: status, type: "text/html")
  }

  public static func empty(_ status: Int = 204) -> HTTPResponse { HTTPResponse(status: status) }
}
