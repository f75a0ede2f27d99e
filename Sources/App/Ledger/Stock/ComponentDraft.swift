/// A component as somebody wants it; `nil` keeps what is there.
public struct ComponentDraft: Sendable, Equatable {
  /// What people and files call it; up to 64 visible ASCII characters.
  public var code: String
  /// A new component needs one.
  public var name: String?
  public var type: String?
  /// The one that is printed; further ones are added beside it.
  public var barcode: String?
  public var asksSerial: Bool?
  public var coverDays: Int?
  public var isActive: Bool?

  public init(
    code: String, name: String? = nil, type: String? = nil, barcode: String? = nil,
    asksSerial: Bool? = nil, coverDays: Int? = nil, isActive: Bool? = nil
  ) {
    self.code = code
    self.name = name
    self.type = type
    self.barcode = barcode
    self.asksSerial = asksSerial
    self.coverDays = coverDays
    self.isActive = isActive
  }
}
