public import HTTP
import Kit

/// A call to be made, once.
public struct HTTPClientRequest: Sendable {
  public var method: String
  public var url: String
  public var headers: HTTPHeaders
  /// `nil`: no body; a PUT or POST then says `Content-Length: 0`.
  public var body: [UInt8]?
  /// From here to the last byte of the answer.
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

public struct HTTPClientResponse: Sendable {
  public var status: Int
  public var headers: HTTPHeaders
  public var body: [UInt8]

  public init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

public struct HTTPClientError: Error, Sendable, CustomStringConvertible {
  public enum Code: Sendable, Equatable {
    case originNotAllowed, invalidURL, cannotConnect, nameNotFound, tls, timedOut, connectionLost
    case responseTooLarge, cancelled
  }

  public var code: Code
  /// Whether the other side may have acted on the request.
  public var mayHaveReachedServer: Bool
  public var message: String

  public init(_ code: Code, mayHaveReachedServer: Bool, _ message: String) {
    self.code = code
    self.mayHaveReachedServer = mayHaveReachedServer
    self.message = message
  }

  public var description: String { message }
}

/// Scheme, host and port, exactly: where credentials may be sent.
public struct Origin: Sendable, Hashable, CustomStringConvertible {
  public let scheme: String
  public let host: String
  public let port: Int

  /// `nil` for anything but an absolute http or https address without user, password or fragment.
  public init?(url: String) {
    guard let colon = url.firstRange(of: "://") else { return nil }
    let scheme = url[..<colon.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let rest = url[colon.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.isEmpty, !authority.contains("@"), !authority.contains("\\"),
      !url.contains("#"), url.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
    else { return nil }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let name = parts.first, !name.isEmpty else { return nil }
    if parts.count == 2 {
      guard let port = Int(parts[1]), (1...65_535).contains(port) else { return nil }
      self.port = port
    } else {
      port = scheme == "https" ? 443 : 80
    }
    self.scheme = scheme
    host = name.lowercased()
  }

  public var description: String { "\(scheme)://\(host):\(port)" }
}
