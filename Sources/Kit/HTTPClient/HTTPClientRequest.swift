public import HTTP
import Kit

/// A call to be made, once.
public struct HTTPClientRequest: Sendable {
  public var method: String
  public var url: String
  public var headers: HTTPHeaders
  /// `nil`: no body; a PUT, POST or PATCH then says `Content-Length: 0`.
  public var body: [UInt8]?
  /// From here to the last byte of the answer, waiting for a connection included. What has none within half of
  /// it is not begun: it would be cut off in its middle, and nobody would know what became of it.
  public var deadline: Duration
  public var maxResponseBytes: Int

  public init(
    method: String, url: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]? = nil,
    deadline: Duration = .seconds(30), maxResponseBytes: Int = 16 << 20
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.deadline = deadline
    self.maxResponseBytes = maxResponseBytes
  }
}
