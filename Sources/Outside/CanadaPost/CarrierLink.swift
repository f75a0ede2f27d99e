import XML

/// Where the carrier says that something is to be had.
public struct CarrierLink: Sendable, Equatable {
  /// `self`, `details`, `label`, `refund`, ...
  public var rel: String
  /// A label's address holds half of the API key: never to be logged in clear.
  public var href: String
  public var mediaType: String
  /// The page of a label that has several.
  public var index: Int?

  public init(rel: String, href: String, mediaType: String, index: Int? = nil) {
    self.rel = rel
    self.href = href
    self.mediaType = mediaType
    self.index = index
  }

  init?(_ element: XMLElement) {
    guard let rel = element["rel"], let href = element["href"], !href.isEmpty else { return nil }
    self.init(
      rel: rel, href: href, mediaType: element["media-type"] ?? "",
      index: element["index"].flatMap { Int($0) })
  }
}
