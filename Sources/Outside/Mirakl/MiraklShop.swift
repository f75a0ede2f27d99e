package import Kit

/// What we keep of A01.
public struct MiraklShop: Sendable, Equatable {
  public var id: Int64?
  public var name: String?
  /// OPEN, CLOSE, SUSPENDED, TERMINATED, or something newer.
  public var state: String?

  /// - Throws: `OutsideError` when the bytes hold no account.
  package init(from body: [UInt8]) throws(OutsideError) {
    let value = try MiraklErrors.json(body)
    guard value.kind == .object else { throw MiraklErrors.unreadable("no account") }
    id = value["shop_id"]?.int
    name = value["shop_name"]?.text
    state = value["shop_state"]?.text
  }
}
