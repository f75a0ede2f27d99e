/// A call that brought no whole answer.
public struct HTTPClientError: Error, Sendable, CustomStringConvertible {
  /// More may come: switch over it with a `default`.
  public enum Code: Sendable, Equatable {
    case originNotAllowed, invalidURL, invalidRequest
    case cannotConnect, nameNotFound, tls, timedOut, connectionLost, responseTooLarge, cancelled
    /// Whoever asked for it took it back before it was begun: see `HTTPClient.objection`.
    case notBegun
  }

  public var code: Code
  /// Whether the other side may have acted on the request. `false` is certain.
  public var mayHaveReachedServer: Bool
  /// Safe to show; names the host at most.
  public var message: String

  public init(_ code: Code, mayHaveReachedServer: Bool, _ message: String) {
    self.code = code
    self.mayHaveReachedServer = mayHaveReachedServer
    self.message = message
  }

  public var description: String { message }
}
