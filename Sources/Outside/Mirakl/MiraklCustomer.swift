import Kit

/// Who bought. Personal data: the id can be an e-mail address.
public struct MiraklCustomer: Sendable, Equatable {
  public var id: String?
  public var firstName: String?
  public var lastName: String?
  /// `en_CA`, `fr_CA`.
  public var locale: String?

  init?(_ value: JSONValue) {
    guard value.kind == .object else { return nil }
    id = value["customer_id"]?.filledText
    firstName = value["firstname"]?.filledText
    lastName = value["lastname"]?.filledText
    locale = value["locale"]?.filledText
  }
}
