/// What a shop does with an order that it may not want. Without any rule every order is accepted, as
/// the seeds have it.
public struct AcceptancePolicy: Sendable, Equatable {
  /// What follows when a rule finds something.
  public enum Answer: String, Sendable, CaseIterable {
    case accept
    /// Park the order with the reason, until a person releases it or the reason is gone.
    case hold
    /// Refuse it at the marketplace.
    case refuse
  }

  /// Fewer parts are free than the order needs.
  public var onShortStock: Answer
  /// A unit was sold for less than the listing's price, by more than `priceGapPercent`.
  public var onPriceGap: Answer
  public var priceGapPercent: Int
  /// A line asks for more units than `lineUnitsMax`.
  public var onManyUnits: Answer
  public var lineUnitsMax: Int?

  public init(
    onShortStock: Answer = .accept, onPriceGap: Answer = .accept, priceGapPercent: Int = 10,
    onManyUnits: Answer = .accept, lineUnitsMax: Int? = nil
  ) {
    self.onShortStock = onShortStock
    self.onPriceGap = onPriceGap
    self.priceGapPercent = priceGapPercent
    self.onManyUnits = onManyUnits
    self.lineUnitsMax = lineUnitsMax
  }

  public static let acceptAlways = AcceptancePolicy()

  /// Whether a decision depends on what is free right now, so that the parts must be locked for it.
  public var asksStock: Bool { onShortStock != .accept }
}
