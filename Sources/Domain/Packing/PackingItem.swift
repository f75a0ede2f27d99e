/// One thing that has to be in a parcel, so many times.
public struct PackingItem: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// A component of the bill of materials, by its id.
    case part(Int64)
    /// The machine that the parts go into, by its id; only where it has a barcode of its own.
    case base(Int64)
    /// A line of which no parts are known: it is told by its SKU.
    case whole
  }

  /// Unique in its parcel, the same for as long as the order lives.
  public var key: String
  public var lineID: String
  public var kind: Kind
  public var name: String
  /// What a person looks for on the shelf: the type and the code of a part, the SKU of a line.
  public var detail: String
  public var needed: Int
  public var asksSerial: Bool
  /// Of a whole line: what counts as its barcode.
  public var codes: [String]

  public init(
    lineID: String, kind: Kind, name: String, detail: String, needed: Int, asksSerial: Bool = false,
    codes: [String] = []
  ) {
    switch kind {
    case .part(let id): key = "\(lineID)/p\(id)"
    case .base(let id): key = "\(lineID)/b\(id)"
    case .whole: key = "\(lineID)/w"
    }
    self.lineID = lineID
    self.kind = kind
    self.name = name
    self.detail = detail
    self.needed = needed
    self.asksSerial = asksSerial
    self.codes = codes
  }
}

/// A line of the order as the packer reads it.
public struct PackingLine: Sendable, Equatable {
  public var lineID: String
  public var title: String
  public var sku: String
  public var quantity: Int
  /// The base product and our name of the variant, where the SKU is mapped.
  public var model: String?
  public var variant: String?

  public init(
    lineID: String, title: String, sku: String, quantity: Int, model: String? = nil,
    variant: String? = nil
  ) {
    self.lineID = lineID
    self.title = title
    self.sku = sku
    self.quantity = quantity
    self.model = model
    self.variant = variant
  }
}

/// What belongs into one parcel.
public struct PackingBill: Sendable, Equatable {
  /// A parcel with more is not packed by scanning.
  public static let unitsMax = 500

  public var lines: [PackingLine]
  public var items: [PackingItem]

  public init(lines: [PackingLine] = [], items: [PackingItem] = []) {
    self.lines = lines
    self.items = items
  }

  public var units: Int { items.reduce(0) { $0 + $1.needed } }
  public func item(_ key: String) -> PackingItem? { items.first { $0.key == key } }
}
