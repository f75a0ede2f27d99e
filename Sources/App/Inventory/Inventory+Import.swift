import Kit
import Ledger
public import People
import Postgres

extension Inventory {
  /// What somebody wants when rows are refused.
  public enum WhenRefused: String, Sendable, CaseIterable {
    /// Apply nothing then.
    case nothing
    /// Apply the others.
    case rest
  }

  /// Codes of one look-up.
  private static let lookUpBatch = 5_000

  /// Checks a file of parts against the stock, and writes nothing.
  /// - Throws: `InventoryError.unreadableFile`, or `PostgresError`.
  public func preview(file name: String, _ bytes: [UInt8]) async throws -> ImportPlan {
    var plan = try ImportPlan(fileName: name, bytes: bytes)
    var refusals: [ImportPlan.Refusal] = []
    var barcodes: [String: String] = [:]
    for start in stride(from: 0, to: plan.rows.count, by: Self.lookUpBatch) {
      let rows = plan.rows[start..<min(start + Self.lookUpBatch, plan.rows.count)]
      let known = try await ledger.find(
        codes: rows.map(\.draft.code), barcodes: rows.compactMap(\.draft.barcode))
      for row in rows {
        let code = row.draft.code
        let onHand = known.onHand[code]
        plan.onHand[code] = onHand
        if onHand == nil { plan.new.insert(code) }
        if let why = Self.why(row, onHand: onHand, owners: known.owners, &barcodes) {
          refusals.append(ImportPlan.Refusal(line: row.line, code: code, why: why))
          plan.new.remove(code)
        }
      }
    }
    plan.refuse(refusals)
    return plan
  }

  private static func why(
    _ row: StockImport.Row, onHand: Int64?, owners: [String: String],
    _ barcodes: inout [String: String]
  ) -> String? {
    let code = row.draft.code
    if onHand == nil, row.draft.name == nil { return "name: a new part needs one" }
    if let change = row.change, change < 0, (onHand ?? 0) + change < 0 {
      return "change: takes \(-change), but \(onHand ?? 0) are there"
    }
    if let barcode = row.draft.barcode {
      if let owner = owners[barcode], owner != code {
        return "barcode: \(barcode) belongs to \(owner)"
      }
      if let other = barcodes[barcode] { return "barcode: \(barcode) is also \(other)'s" }
      barcodes[barcode] = code
    }
    return nil
  }

  /// Applies what a preview found, whole or not at all.
  /// - Parameter staged: where the file is kept, if it is: it is applied once.
  /// - Returns: the import's number; movements carry it.
  /// - Throws: `InventoryError.rowsRefused` when some are and nothing was wanted then; `noSuchFile`.
  public func apply(
    _ plan: ImportPlan, whenRefused: WhenRefused, staged: Int64? = nil, by actor: Actor
  ) async throws -> Int64 {
    if !plan.refused.isEmpty, whenRefused == .nothing {
      throw InventoryError.rowsRefused(plan.refused.count)
    }
    do {
      return try await ledger.apply(
        StockImport(
          fileName: plan.fileName, sha256: plan.sha256, rows: plan.rows,
          refused: plan.refused.count), staged: staged, by: actor)
    } catch is Ledger.FileIsGone {
      throw InventoryError.noSuchFile
    } catch let error as PostgresError {
      switch error.sqlState {
      case "23505": throw InventoryError.unreadableFile("a barcode went to another part meanwhile")
      case "23514": throw InventoryError.notEnough("stock left meanwhile; look at it again")
      default: throw error
      }
    }
  }

  /// Books the opposite of what an import booked; what it changed of names and barcodes stays.
  public func undo(importID: Int64, by actor: Actor) async throws -> Int {
    do {
      let booked = try await ledger.undo(importID: importID, by: actor)
      guard booked > 0 else { throw InventoryError.noSuchImport(importID) }
      return booked
    } catch let error as PostgresError where error.sqlState == "23514" {
      throw InventoryError.notEnough("what import \(importID) brought has left already")
    }
  }

  /// The components as a file that an import takes again, a page at a time.
  public func export(_ write: (String) throws -> Void) async throws {
    try write(
      CSVWriter.row([
        "code", "name", "type", "barcode", "asks_serial", "cover_days", "on_hand",
      ]))
    var filter = ComponentFilter(limit: 1_000)
    while true {
      let rows = try await ledger.components(filter)
      var text = ""
      for row in rows {
        text += CSVWriter.row([
          row.code, row.name, row.type, row.barcode ?? "", row.asksSerial ? "yes" : "no",
          "\(row.coverDays)", "\(row.onHand)",
        ])
      }
      try write(text)
      guard rows.count == filter.limit, let last = rows.last else { return }
      filter.after = (last.name, last.id)
    }
  }
}
