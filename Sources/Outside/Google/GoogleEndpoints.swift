public import HTTPClient

/// Where Google is. A sandbox stands in by one address for all.
public struct GoogleEndpoints: Sendable, Equatable {
  /// Without a slash at the end.
  public var sheets: String
  public var messaging: String
  /// Where tokens may be fetched: a key file names its token endpoint itself, and a file that
  /// names another one is refused by the HTTP client.
  public var token: String

  public init(
    sheets: String = "https://sheets.googleapis.com",
    messaging: String = "https://fcm.googleapis.com",
    token: String = "https://oauth2.googleapis.com"
  ) {
    self.sheets = Self.trimmed(sheets)
    self.messaging = Self.trimmed(messaging)
    self.token = Self.trimmed(token)
  }

  /// Everything at one address, such as a sandbox's.
  public init(all url: String) { self.init(sheets: url, messaging: url, token: url) }

  /// What an HTTP client has to allow.
  public var origins: Set<Origin> {
    Set([sheets, messaging, token].compactMap { Origin(url: $0) })
  }

  private static func trimmed(_ url: String) -> String {
    url.hasSuffix("/") ? String(url.dropLast()) : url
  }
}
