import HTTP
import Kit

/// One try, one answer: no redirect is followed, nothing is sent twice, nothing goes to a host that
/// is not allowed. libcurl's multi interface runs on one thread of its own.
public final class HTTPClient: Sendable {
  public struct Configuration: Sendable {
    /// The only places that requests may go to.
    public var allowedOrigins: Set<Origin>
    public var maxConnectionsPerHost: Int
    public var userAgent: String
    /// Certificate authorities (PEM); `nil`: the system's.
    public var caFile: String?

    public init(
      allowedOrigins: Set<Origin>, maxConnectionsPerHost: Int = 64, userAgent: String = "Quayside",
      caFile: String? = nil
    ) {
      self.allowedOrigins = allowedOrigins
      self.maxConnectionsPerHost = maxConnectionsPerHost
      self.userAgent = userAgent
      self.caFile = caFile
    }
  }

  private let configuration: Configuration
  private let driver: MultiDriver

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    driver = MultiDriver(configuration)
    driver.start()
  }

  deinit { driver.close() }

  /// - Throws: `HTTPClientError`; `mayHaveReachedServer` tells whether it may be tried again.
  public func send(
    _ request: HTTPClientRequest
  ) async throws(HTTPClientError) -> HTTPClientResponse {
    guard let origin = Origin(url: request.url) else {
      throw HTTPClientError(.invalidURL, mayHaveReachedServer: false, "not an http address")
    }
    guard configuration.allowedOrigins.contains(origin) else {
      throw HTTPClientError(
        .originNotAllowed, mayHaveReachedServer: false, "\(origin) is not a configured host")
    }
    guard request.headers.areLegal else {
      throw HTTPClientError(.invalidURL, mayHaveReachedServer: false, "an illegal header")
    }
    guard request.deadline > .zero, !Task.isCancelled else {
      throw HTTPClientError(.cancelled, mayHaveReachedServer: false, "no time left")
    }
    let transfer = Transfer(request)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        transfer.continuation = continuation
        driver.add(transfer)
      }
    } onCancel: {
      driver.cancel(transfer)
    }
    return try result.get()
  }
}
