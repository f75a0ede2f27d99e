public import People

/// How the pages are reached, and what they call themselves.
public struct SiteSettings: Sendable {
  public var title: String
  /// Where browsers reach the pages, without a slash at its end. With https:// cookies are for
  /// encrypted connections alone.
  public var publicURL: String
  /// A proxy in front names the client in `X-Forwarded-For`; without one the header is a lie.
  public var isBehindProxy: Bool
  public var rules: SignInRules

  public init(
    title: String, publicURL: String, isBehindProxy: Bool = false,
    rules: SignInRules = SignInRules()
  ) {
    self.title = title
    self.publicURL = publicURL
    self.isBehindProxy = isBehindProxy
    self.rules = rules
  }

  var isSecure: Bool { publicURL.hasPrefix("https://") }
}
