public import Kit

/// An answer to be sent.
public struct HTTPResponse: Sendable {
  public enum Body: Sendable {
    case bytes([UInt8])
    /// Sent piece by piece as the pieces come, until the stream ends. The stream is cancelled when
    /// the client goes or the server stops: see `onTermination`.
    case stream(AsyncStream<[UInt8]>)
    /// Announces more bytes than it sends, then closes: only a simulation wants that.
    case truncated([UInt8], announced: Int)
    /// Closes the connection without any answer: only a simulation wants that.
    case abort
  }

  /// 200 to 599; anything else is answered as 500.
  public var status: Int
  /// Headers that are not legal are answered as a bare 500; the server itself writes
  /// `Content-Length`, `Transfer-Encoding` and `Date`.
  public var headers: HTTPHeaders
  public var body: Body

  public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: Body = .bytes([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  public static func json(_ json: JSON, status: Int = 200) -> HTTPResponse {
    .bytes(json.bytes, type: "application/json; charset=utf-8", status: status)
  }

  public static func text(
    _ text: String, status: Int = 200, type: String = "text/plain"
  ) -> HTTPResponse {
    .bytes(Array(text.utf8), type: "\(type); charset=utf-8", status: status)
  }

  public static func html(_ text: String, status: Int = 200) -> HTTPResponse {
    .text(text, status: status, type: "text/html")
  }

  public static func xml(
    _ bytes: [UInt8], status: Int = 200, type: String = "application/xml"
  ) -> HTTPResponse {
    .bytes(bytes, type: type, status: status)
  }

  public static func bytes(_ bytes: [UInt8], type: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["Content-Type": type], body: .bytes(bytes))
  }

  public static func empty(_ status: Int = 204) -> HTTPResponse { HTTPResponse(status: status) }

  /// Server-sent events: each element is one piece of the text/event-stream, with its blank line.
  public static func events(_ events: AsyncStream<[UInt8]>) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      headers: [
        "Content-Type": "text/event-stream", "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
      ],
      body: .stream(events))
  }
}
