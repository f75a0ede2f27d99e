/// Something that an account may or may not do. Every address of the pages names the one that it
/// needs; what a role holds is in `Role.capabilities`, and nowhere else.
public enum Capability: String, Sendable, Hashable, CaseIterable {
  case readOrders
  /// Hold, release, retry, void, cancel.
  case actOnOrders
  /// Customers' names, addresses and telephone numbers; without it they are masked.
  case readPersonalData
  /// A label shows where its parcel goes.
  case readLabels
  case readBench
  case pack
  case readInbox
  case answerCustomers
  case readStock
  /// Adjust, import, map, take stock.
  case changeStock
  /// Accounts and roles.
  case managePeople
  /// Who did what.
  case readAudit
}
