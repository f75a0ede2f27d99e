import HTTP
import Kit

/// One try, one answer: no redirect is followed, nothing is sent twice, nothing goes to an origin
/// that is not allowed. libcurl's multi interface runs on one thread of its own.
///
/// Neither proxies nor credentials are taken from the environment. Idle connections older than 15 s
/// are not used again. When the client is let go, what is under way still finishes.
public final class HTTPClient: Sendable {
  public struct Configuration: Sendable {
    /// The only places that requests may go to.
    public var allowedOrigins: Set<Origin>
    /// Requests beyond it wait in order of arrival; the wait counts towards their deadline.
    public var maxConnectionsPerHost: Int
    public var userAgent: String
    /// Certificate authorities (PEM); `nil`: the system's.
    public var caFile: String?

    public init(
      allowedOrigins: Set<Origin>, maxConnectionsPerHost: Int = 64, userAgent: String = "Quayside",
      caFile: String? = nil
    ) {
      self.allowedOrigins = allowedOrigins
      self.maxConnectionsPerHost = max(1, maxConnectionsPerHost)
      self.userAgent = HTTPHeaders.isValue(userAgent) ? userAgent : "Quayside"
      self.caFile = caFile
    }
  }

  /// What may be said against each request of this task before it is begun.
  @TaskLocal public static var objection: Objection?

  /// Asked once for a request, on the client's thread, when it has its connection and nothing of it was sent:
  /// however long it waited for that.
  public final class Objection: Sendable {
    /// Why it must not be begun after all; `nil` when nothing speaks against it.
    let reason: @Sendable () -> String?

    public init(_ reason: @escaping @Sendable () -> String?) { self.reason = reason }
  }

  private let configuration: Configuration
  private let driver: Driver

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    driver = Driver(configuration)
    driver.start()
  }

  deinit { driver.close() }

  /// - Returns: any answer, also 3xx, 4xx and 5xx, whole and within the request's limits.
  /// - Throws: `HTTPClientError`; `mayHaveReachedServer` tells whether it may be tried again.
  public func send(
    _ request: HTTPClientRequest
  ) async throws(HTTPClientError) -> HTTPClientResponse {
    let transfer = try prepare(request)
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        transfer.continuation = continuation
        driver.add(transfer)
      }
    } onCancel: {
      driver.cancel(transfer)
    }
    return try result.get()
  }

  /// All that is refused before anything is opened.
  private func prepare(_ request: HTTPClientRequest) throws(HTTPClientError) -> Transfer {
    func refusal(_ code: HTTPClientError.Code, _ words: String) -> HTTPClientError {
      HTTPClientError(code, mayHaveReachedServer: false, words)
    }
    guard let origin = Origin(url: request.url) else {
      throw refusal(.invalidURL, "not an http address")
    }
    guard configuration.allowedOrigins.contains(origin) else {
      throw refusal(.originNotAllowed, "\(origin) is not a configured host")
    }
    guard HTTPHeaders.isToken(request.method), request.headers.areLegal,
      !request.headers.contains(where: { HTTPClient.isReserved($0.0) })
    else { throw refusal(.invalidRequest, "an illegal method or header") }
    guard !Task.isCancelled else { throw refusal(.cancelled, "cancelled") }
    guard request.deadline > .zero else { throw refusal(.timedOut, "no time left") }
    return Transfer(request, to: origin, objection: Self.objection)
  }

  /// Headers that say where the request goes or where it ends: libcurl writes them.
  private static func isReserved(_ name: String) -> Bool {
    ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect"].contains {
      HTTPHeaders.areSame($0, name)
    }
  }
}
