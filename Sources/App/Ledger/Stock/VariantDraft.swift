/// A sellable configuration, as somebody wants it; `nil` keeps what is there.
public struct VariantDraft: Sendable, Equatable {
  public var internalSKU: String
  public var title: String?
  /// Made when it is new.
  public var baseModel: String?
  /// Pieces of each component, by its code; `nil` keeps the bill, empty empties it.
  public var bill: [(code: String, pieces: Int)]?

  public init(
    internalSKU: String, title: String? = nil, baseModel: String? = nil,
    bill: [(code: String, pieces: Int)]? = nil
  ) {
    self.internalSKU = internalSKU
    self.title = title
    self.baseModel = baseModel
    self.bill = bill
  }

  public static func == (a: VariantDraft, b: VariantDraft) -> Bool {
    a.internalSKU == b.internalSKU && a.title == b.title && a.baseModel == b.baseModel
      && a.bill?.map(\.code) == b.bill?.map(\.code)
      && a.bill?.map(\.pieces) == b.bill?.map(\.pieces)
  }
}
