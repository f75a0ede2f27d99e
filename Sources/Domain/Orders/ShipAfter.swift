/// When the marketplace is told that an order is on its way: its tracking number, and that it is shipped.
public enum ShipAfter: String, Sendable, CaseIterable {
  /// As soon as the label is stored.
  case label
  /// When the labelled parcel was closed at the packing bench.
  case packing
}
