import Cryptography
import Kit
public import Ledger

/// What a file of parts would do: the rows that can be applied, and those that are refused, each with
/// its line and why. Nothing is written by making one.
public struct ImportPlan: Sendable {
  public static let fileBytesMax = ImportSheet.fileBytesMax
  public static let columns = [
    "code", "name", "type", "barcode", "asks_serial", "cover_days", "change", "on_hand", "reason",
  ]

  public struct Refusal: Sendable, Equatable {
    public let line: Int
    public let code: String
    public let why: String
  }

  public let fileName: String
  public let sha256: [UInt8]
  public internal(set) var rows: [StockImport.Row] = []
  public internal(set) var refused: [Refusal] = []
  /// Codes of parts that are made.
  public internal(set) var new: Set<String> = []
  /// What is on hand of those that exist, at the time of the look.
  public internal(set) var onHand: [String: Int64] = [:]

  /// By how many pieces a row changes the stock, as things stand; `nil` when it says nothing of it.
  public func delta(of row: StockImport.Row) -> Int64? {
    row.change ?? row.onHand.map { $0 - (onHand[row.draft.code] ?? 0) }
  }

  /// Reads the file alone: what can be said without knowing the stock.
  /// - Throws: `InventoryError.unreadableFile` when it has no header that is understood.
  init(fileName: String, bytes: [UInt8]) throws(InventoryError) {
    self.fileName = fileName
    let sheet = try ImportSheet(bytes, columns: Self.columns, needed: ["code"])
    sha256 = SHA256.hash(bytes)
    var seen: Set<String> = []
    for row in sheet.rows { add(row, &seen) }
  }

  private mutating func add(_ row: ImportSheet.Row, _ seen: inout Set<String>) {
    let cells = row.cells
    let code = cells["code"] ?? ""
    func refuse(_ why: String) {
      refused.append(Refusal(line: row.line, code: String(code.prefix(80)), why: why))
    }
    if let problem = row.problem { return refuse(problem) }
    var parsed = StockImport.Row(line: row.line, draft: ComponentDraft(code: code))
    if let why = parsed.take(cells) { return refuse(why) }
    if let problem = Checks.problem(parsed.draft, isNew: false) {
      return refuse(problem.description)
    }
    guard seen.insert(code).inserted else { return refuse("code: \(code) is in the file twice") }
    rows.append(parsed)
  }

  /// Leaves out a row that was read well, for a reason that only the stock tells.
  mutating func refuse(_ refusals: [Refusal]) {
    let lines = Set(refusals.map(\.line))
    rows.removeAll { lines.contains($0.line) }
    refused = (refused + refusals).sorted { $0.line < $1.line }
  }
}

extension StockImport.Row {
  /// Takes the cells in; tells what is wrong with one.
  fileprivate mutating func take(_ cells: [String: String]) -> String? {
    draft.name = cells["name"]
    draft.type = cells["type"]
    draft.barcode = cells["barcode"]
    reason = cells["reason"]
    if let reason, let why = Checks.line(reason, Checks.reasonCharactersMax) {
      return "reason: \(why)"
    }
    if let text = cells["asks_serial"] {
      switch text.lowercased() {
      case "yes", "true", "1", "y": draft.asksSerial = true
      case "no", "false", "0", "n": draft.asksSerial = false
      default: return "asks_serial: expected yes or no"
      }
    }
    if let text = cells["cover_days"] {
      guard let days = Int(text) else { return "cover_days: expected a whole number" }
      draft.coverDays = days
    }
    if let text = cells["change"] {
      guard let number = Int64(text), number.magnitude <= Checks.piecesMax.magnitude else {
        return "change: expected a whole number up to \(Checks.piecesMax)"
      }
      change = number
    }
    if let text = cells["on_hand"] {
      guard let number = Int64(text), (0...Checks.piecesMax).contains(number) else {
        return "on_hand: expected a whole number from 0 to \(Checks.piecesMax)"
      }
      onHand = number
    }
    return change != nil && onHand != nil ? "change and on_hand: one of them, not both" : nil
  }
}
