import Ledger
public import People
import Postgres

extension Inventory {
  /// A sheet to count by: all active parts, or those of one type.
  /// - Parameter key: the same key again is the same sheet.
  /// - Returns: its number.
  public func openStocktake(
    _ title: String, type: String = "", isBlind: Bool = true, by actor: Actor, key: String? = nil
  ) async throws -> Int64 {
    if let why = Checks.line(title, Checks.nameCharactersMax) {
      throw InventoryError.invalid(field: "title", why: why)
    }
    return try await ledger.openStocktake(
      title, type: type, isBlind: isBlind, by: actor, formKey: key)
  }

  /// Writes a count down; a second count replaces the first. Orders may go on shipping: what is
  /// expected is what the movements say at this moment.
  /// - Parameter code: a component's code or any barcode of it.
  /// - Returns: the difference to what is expected.
  public func count(
    _ code: String, _ pieces: Int64, in stocktake: Int64, by actor: Actor
  ) async throws -> Int64 {
    guard (0...Checks.piecesMax).contains(pieces) else {
      throw InventoryError.invalid(field: "counted", why: "expected 0 to \(Checks.piecesMax)")
    }
    let part = try await ledger.part(barcode: code)?.code ?? code
    guard let expected = try await ledger.count(part, pieces, in: stocktake, by: actor) else {
      throw InventoryError.notOnSheet(code)
    }
    return pieces - expected
  }

  /// Books what differs.
  /// - Returns: how many parts did.
  public func closeStocktake(_ id: Int64, by actor: Actor) async throws -> Int {
    do {
      guard let booked = try await ledger.closeStocktake(id, by: actor) else {
        throw InventoryError.noSuchStocktake(id)
      }
      return booked
    } catch let error as PostgresError where error.sqlState == "23514" {
      throw InventoryError.notEnough("stocktake \(id): since it was counted, a part left")
    }
  }

  public func cancelStocktake(_ id: Int64, by actor: Actor) async throws {
    guard try await ledger.cancelStocktake(id, by: actor) else {
      throw InventoryError.noSuchStocktake(id)
    }
  }
}
