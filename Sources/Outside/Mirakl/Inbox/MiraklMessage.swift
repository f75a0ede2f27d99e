public import Kit

/// A message of a thread. The body is untrusted text or HTML.
public struct MiraklMessage: Sendable {
  public var id: String
  public var body: String
  public var created: Timestamp
  /// `CUSTOMER_USER`, `SHOP_USER`, `OPERATOR_USER`, or something newer.
  public var fromType: String
  public var fromName: String?
  public var to: [MiraklParticipant]
  public var attachments: [MiraklAttachment]

  public static let customerUser = "CUSTOMER_USER"
  public static let shopUser = "SHOP_USER"

  /// `nil` without an id or a time: such a message can be neither told apart nor placed.
  public init?(_ value: JSONValue) {
    guard let id = value["id"]?.filledText, let created = value["date_created"]?.timestamp else {
      return nil
    }
    self.id = id
    self.created = created
    body = value["body"]?.string ?? ""
    fromType = value["from"]?["type"]?.filledText ?? ""
    fromName = value["from"]?["display_name"]?.filledText
    to = (value["to"]?.elements ?? []).compactMap(MiraklParticipant.init)
    attachments = (value["attachments"]?.elements ?? []).compactMap(MiraklAttachment.init)
  }
}

/// A file of a message, to be fetched with M13.
public struct MiraklAttachment: Sendable, Equatable {
  public var id: String
  public var name: String
  public var bytes: Int

  public init?(_ value: JSONValue) {
    guard let id = value["id"]?.filledText else { return nil }
    self.id = id
    name = value["name"]?.filledText ?? "file"
    bytes = value["size"]?.int.flatMap { Int(exactly: $0) } ?? 0
  }
}

/// Somebody whom a message may go to.
public struct MiraklParticipant: Sendable, Equatable {
  /// `CUSTOMER`, `SHOP`, `OPERATOR`, or something newer.
  public var type: String
  /// The operator never has one.
  public var id: String?
  public var name: String?

  public init(type: String, id: String? = nil, name: String? = nil) {
    self.type = type
    self.id = id
    self.name = name
  }

  public init?(_ value: JSONValue) {
    guard let type = value["type"]?.filledText else { return nil }
    self.init(
      type: type, id: value["id"]?.filledText, name: value["display_name"]?.filledText)
  }
}
