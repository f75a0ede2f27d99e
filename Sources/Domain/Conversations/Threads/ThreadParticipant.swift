/// Somebody whom a message may go to, as the marketplace names them (contract 8.3).
public struct ThreadParticipant: Sendable, Equatable {
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

  public static let customer = "CUSTOMER"
  public static let shop = "SHOP"
  public static let `operator` = "OPERATOR"
}
