import Cryptography
import Kit
public import Ledger

/// What a file of parts would do: the rows that can be applied, and those that are refused, each with
/// its line and why. Nothing is written by making one.
public struct ImportPlan: Sendable {
  public static let fileBytesMax = 64 << 20
  public static let rowsMax = 200_000
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
    guard bytes.count <= Self.fileBytesMax else {
      throw .unreadableFile("it is larger than \(Self.fileBytesMax >> 20) MiB")
    }
    sha256 = SHA256.hash(bytes)
    var reader = CSVReader(separator: Self.separator(bytes))
    let all = reader.take(bytes) + reader.finish()
    guard let header = all.first else { throw .unreadableFile("it is empty") }
    if let problem = header.problem { throw .unreadableFile("its first line: \(problem)") }
    guard all.count - 1 <= Self.rowsMax else {
      throw .unreadableFile("it has more than \(Self.rowsMax) rows")
    }
    let names = header.fields.map { $0.lowercased().filter { $0 != " " } }
    if let stranger = names.first(where: { !Self.columns.contains($0) }) {
      throw .unreadableFile(
        "column \(stranger.prefix(40)) is not known; it takes \(Self.columns.joined(separator: ", "))"
      )
    }
    guard names.contains("code") else { throw .unreadableFile("it has no column code") }
    guard Set(names).count == names.count else { throw .unreadableFile("a column is there twice") }
    var seen: Set<String> = []
    for row in all.dropFirst() { add(row, names, &seen) }
  }

  /// Spreadsheets of some countries write semicolons.
  private static func separator(_ bytes: [UInt8]) -> Character {
    let head = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    return head.contains(0x3B) && !head.contains(0x2C) ? ";" : ","
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return String(rest)
  }

  private mutating func add(_ row: CSVReader.Row, _ names: [String], _ seen: inout Set<String>) {
    var cells: [String: String] = [:]
    for (name, text) in zip(names, row.fields) {
      let text = Self.trimmed(text)
      if !text.isEmpty { cells[name] = text }
    }
    let code = cells["code"] ?? ""
    func refuse(_ why: String) {
      refused.append(Refusal(line: row.line, code: String(code.prefix(80)), why: why))
    }
    if let problem = row.problem { return refuse(problem) }
    guard row.fields.count == names.count else {
      return refuse("\(row.fields.count) cells instead of \(names.count)")
    }
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
