/// What a server allows its clients.
public struct HTTPServerLimits: Sendable {
  static let smallBodyBytes = 64 << 10

  /// Of a request's body; a longer one is answered with 413 and not kept.
  public var bodyBytes: Int
  /// Of the bodies of all requests under way together, but for the first `smallBodyBytes` of each;
  /// what is longer is answered with 503. So many small ones are always taken.
  public var allBodyBytes: Int
  /// Connections beyond this are closed at once.
  public var connections: Int
  /// Seconds of silence after which a connection is closed while it waits for its client.
  public var idleSeconds: Int
  /// Of a request's line and headers together; a longer head is answered with 431 or 414.
  public var headerBytes: Int
  /// Seconds that a request may take to arrive, however steadily it trickles.
  public var requestSeconds: Int
  /// A POST, PUT or PATCH that neither announces a length nor is chunked is answered with 411.
  public var requiresLength: Bool

  public init(
    bodyBytes: Int = 1 << 20, allBodyBytes: Int = 128 << 20, connections: Int = 2_000,
    idleSeconds: Int = 60,
    headerBytes: Int = 32_768, requestSeconds: Int = 120, requiresLength: Bool = false
  ) {
    self.bodyBytes = bodyBytes
    self.allBodyBytes = allBodyBytes
    self.connections = connections
    self.idleSeconds = idleSeconds
    self.headerBytes = headerBytes
    self.requestSeconds = requestSeconds
    self.requiresLength = requiresLength
  }
}
