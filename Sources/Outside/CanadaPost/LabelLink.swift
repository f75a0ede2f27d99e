/// Where a label's document is, and the media type to ask for.
public struct LabelLink: Sendable, Equatable {
  public var href: String
  public var mediaType: String

  public init(href: String, mediaType: String = "application/pdf") {
    self.href = href
    self.mediaType = mediaType
  }
}

/// A document of the carrier's: reading it again costs nothing and always brings the same.
public enum Artifact: Sendable, Equatable {
  case ready([UInt8])
  /// 202, or nothing in it yet: read it again later.
  case notReady(retryAfter: Duration?)
}
