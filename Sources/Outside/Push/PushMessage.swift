import Cryptography
import Kit

/// What is to be shown to people, once.
public struct PushMessage: Sendable, Equatable {
  /// The service's own limit is 4,096 bytes for all of it.
  public static let bodyBytesMax = 1_500
  public static let titleBytesMax = 200

  /// The same for every try of this message, and of no other: `ORDER:created`.
  public var id: String
  public var orderID: String
  public var title: String
  public var body: String
  /// What a tap opens.
  public var link: String?

  public init(id: String, orderID: String, title: String, body: String, link: String? = nil) {
    self.id = id
    self.orderID = orderID
    self.title = Self.cut(title, to: Self.titleBytesMax)
    self.body = Self.cut(body, to: Self.bodyBytesMax)
    self.link = link
  }

  /// The id where only few characters and 64 of them are allowed.
  public var tag: String {
    let isPlain = (1...64).contains(id.utf8.count) && id.utf8.allSatisfy(Self.isPlain)
    return isPlain ? id : "event-" + SHA256.hex(Array(SHA256.hash(id.utf8).prefix(16)))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 46, 58, 95: true
    default: false
    }
  }

  /// Whole characters only.
  private static func cut(_ text: String, to bytes: Int) -> String {
    if text.utf8.count <= bytes { return text }
    var kept = ""
    for character in text {
      if kept.utf8.count + character.utf8.count + 3 > bytes { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
