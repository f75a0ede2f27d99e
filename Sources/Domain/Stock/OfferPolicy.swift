/// Whether and how a shop's offers are kept at what can be built.
public enum OfferPolicy: String, Sendable, CaseIterable {
  /// The marketplace is told nothing.
  case off
  /// Each listing as if only it were sold: more is offered, and two that share a part may sell it at
  /// the same time.
  case alone
  /// Parts are shared out among the listings: all of what is offered can be built.
  case together
}
