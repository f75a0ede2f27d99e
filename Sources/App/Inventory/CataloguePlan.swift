import Kit
import Ledger

/// What a file of variants, or of what shops' SKUs stand for, would do. Nothing is written by making one.
public struct CataloguePlan: Sendable {
  public enum Kind: Sendable, Equatable {
    case variants, mappings

    public var columns: [String] {
      switch self {
      case .variants: ["sku", "title", "base", "bill"]
      case .mappings: ["shop_sku", "sku", "shop", "price", "buffer"]
      }
    }

    fileprivate var needed: [String] {
      switch self {
      case .variants: ["sku"]
      case .mappings: ["shop_sku", "sku"]
      }
    }

    /// By the file's first line; `nil` for a file of parts, or of something else.
    public static func of(_ bytes: [UInt8]) -> Kind? {
      let names = ImportSheet.header(of: bytes)
      if names.contains("shop_sku") { return .mappings }
      return names.contains("sku") ? .variants : nil
    }
  }

  public struct Row: Sendable, Equatable {
    public let line: Int
    /// A variant's SKU, or a shop's.
    public let name: String
    /// What it is made of, or what it stands for.
    public let words: String
    public internal(set) var isNew = false
  }

  public let kind: Kind
  public let fileName: String
  public internal(set) var rows: [Row] = []
  public internal(set) var refused: [ImportPlan.Refusal] = []
  var variants: [Int: VariantDraft] = [:]
  var mappings: [Int: MappingDraft] = [:]

  /// Reads the file alone.
  /// - Throws: `InventoryError.unreadableFile` when it has no header that is understood.
  init(_ kind: Kind, fileName: String, bytes: [UInt8]) throws(InventoryError) {
    self.kind = kind
    self.fileName = fileName
    let sheet = try ImportSheet(bytes, columns: kind.columns, needed: kind.needed)
    var seen: Set<String> = []
    for row in sheet.rows { take(row, &seen) }
  }

  private mutating func take(_ row: ImportSheet.Row, _ seen: inout Set<String>) {
    let name = row.cells[kind == .variants ? "sku" : "shop_sku"] ?? ""
    let key = name + "\u{0}" + (kind == .variants ? "" : row.cells["shop"] ?? "")
    let why: String?
    if let problem = row.problem {
      why = problem
    } else if let problem = Checks.sku(name) {
      why = "\(kind == .variants ? "sku" : "shop_sku"): \(problem)"
    } else if !seen.insert(key).inserted {
      why = "\(name) is in the file twice"
    } else {
      why = kind == .variants ? takeVariant(row, name) : takeMapping(row, name)
    }
    if let why {
      refused.append(.init(line: row.line, code: String(name.prefix(80)), why: why))
    }
  }

  private mutating func takeVariant(_ row: ImportSheet.Row, _ sku: String) -> String? {
    var draft = VariantDraft(
      internalSKU: sku, title: row.cells["title"], baseModel: row.cells["base"])
    for (field, text) in [("title", draft.title), ("base", draft.baseModel)] {
      if let text, let why = Checks.line(text, Checks.nameCharactersMax) {
        return "\(field): \(why)"
      }
    }
    if let text = row.cells["bill"] {
      var bill: [(code: String, pieces: Int)] = []
      for entry in text.split(whereSeparator: { $0 == "," || $0 == ";" || $0.isWhitespace }) {
        let colon = entry.lastIndex(of: ":")
        guard let pieces = colon.map({ Int(entry[entry.index(after: $0)...]) }) ?? 1,
          (1...Checks.perUnitMax).contains(pieces)
        else {
          return "bill: “\(entry.prefix(40))”: expected CODE:PIECES, 1 to \(Checks.perUnitMax)"
        }
        let code = String(entry[..<(colon ?? entry.endIndex)])
        if bill.contains(where: { $0.code == code }) { return "bill: \(code) is there twice" }
        bill.append((code, pieces))
      }
      guard bill.count <= Checks.billLinesMax else {
        return "bill: more than \(Checks.billLinesMax) parts"
      }
      draft.bill = bill
    }
    variants[row.line] = draft
    rows.append(
      Row(
        line: row.line, name: sku,
        words: draft.bill.map { $0.map { "\($0.pieces) × \($0.code)" }.joined(separator: ", ") }
          ?? ""))
    return nil
  }

  private mutating func takeMapping(_ row: ImportSheet.Row, _ shopSKU: String) -> String? {
    guard let sku = row.cells["sku"] else { return "sku: is missing" }
    var draft = MappingDraft(
      shopSKU: shopSKU, shopID: row.cells["shop"] ?? "", internalSKU: sku)
    if let text = row.cells["price"] {
      guard let amount = Amount.hundredths(text), amount >= 0 else {
        return "price: expected an amount as 1299.00"
      }
      draft.price = amount
    }
    if let text = row.cells["buffer"] {
      guard let units = Int(text), (0...Checks.bufferMax).contains(units) else {
        return "buffer: expected 0 to \(Checks.bufferMax)"
      }
      draft.buffer = units
    }
    mappings[row.line] = draft
    rows.append(
      Row(
        line: row.line, name: shopSKU,
        words: sku + (draft.shopID.isEmpty ? "" : " in \(draft.shopID)")))
    return nil
  }

  /// Leaves out rows that were read well, for reasons that only the stock tells.
  mutating func refuse(_ refusals: [ImportPlan.Refusal]) {
    let lines = Set(refusals.map(\.line))
    rows.removeAll { lines.contains($0.line) }
    for line in lines {
      variants[line] = nil
      mappings[line] = nil
    }
    refused = (refused + refusals).sorted { $0.line < $1.line }
  }
}
