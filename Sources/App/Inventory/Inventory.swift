import Kit
public import Ledger
public import People
import Postgres
import Stock

/// The inventory, behind every face: the page, the command line and files say the same things here,
/// and the same is refused.
public struct Inventory: Sendable {
  public let ledger: Ledger

  public init(ledger: Ledger) { self.ledger = ledger }

  // MARK: Parts

  /// Makes a component or changes one.
  /// - Parameter pieces: how many of it there are; only where it is new. Of one that is known, what came
  ///   in is received, so that the same form sent twice books nothing twice.
  /// - Throws: `InventoryError`, or `PostgresError` when the ledger cannot be written.
  public func save(_ draft: ComponentDraft, pieces: Int64 = 0, by actor: Actor) async throws {
    let known = try await ledger.find(
      codes: [draft.code], barcodes: [draft.barcode].compactMap(\.self))
    if let problem = Checks.problem(draft, isNew: known.ids.isEmpty) { throw problem }
    if let barcode = draft.barcode, let owner = known.owners[barcode], owner != draft.code {
      throw InventoryError.barcodeTaken(barcode, owner: owner)
    }
    guard (0...Checks.piecesMax).contains(pieces) else {
      throw InventoryError.invalid(field: "pieces", why: "expected 0 to \(Checks.piecesMax)")
    }
    do {
      try await ledger.add(draft, pieces: pieces, by: actor)
    } catch is Ledger.KnownComponent {
      throw Self.isThere(draft.code)
    } catch let error as PostgresError where error.sqlState == "23505" {
      // Somebody was faster: with the part, or with its barcode.
      if known.ids.isEmpty, try await ledger.component(draft.code) != nil {
        throw Self.isThere(draft.code)
      }
      throw InventoryError.barcodeTaken(draft.barcode ?? "", owner: "another part")
    }
  }

  private static func isThere(_ code: String) -> InventoryError {
    .invalid(field: "code", why: "\(code) is there already; receive what came in of it")
  }

  /// A further barcode of the part.
  public func add(barcode: String, to code: String, by actor: Actor) async throws {
    if let why = Checks.barcode(barcode) {
      throw InventoryError.invalid(field: "barcode", why: why)
    }
    let act = Act(actor, "stock.barcode", on: "component:" + code, barcode)
    switch try await ledger.add(barcode: barcode, to: code, as: act) {
    case true?: break
    case nil: throw InventoryError.noSuchComponent(code)
    case false?:
      let owner = try await ledger.find(codes: [], barcodes: [barcode]).owners[barcode]
      throw InventoryError.barcodeTaken(barcode, owner: owner ?? "another part")
    }
  }

  /// The barcode means nothing from now on, and may be given to another part.
  public func remove(barcode: String, from code: String, by actor: Actor) async throws {
    let act = Act(actor, "stock.barcode_off", on: "component:" + code, barcode)
    switch try await ledger.remove(barcode: barcode, from: code, as: act) {
    case true?: break
    case nil: throw InventoryError.noSuchComponent(code)
    case false?: throw InventoryError.noSuchBarcode(barcode, of: code)
    }
  }

  public func component(_ code: String) async throws -> ComponentRow {
    guard let row = try await ledger.component(code) else {
      throw InventoryError.noSuchComponent(code)
    }
    return row
  }

  // MARK: Movements

  /// What came in.
  /// - Parameter key: the same key again books nothing.
  /// - Returns: whether it was booked now.
  @discardableResult
  public func receive(
    _ code: String, _ pieces: Int64, reason: String? = nil, by actor: Actor, key: String? = nil
  ) async throws -> Bool {
    guard (1...Checks.piecesMax).contains(pieces) else {
      throw InventoryError.invalid(field: "pieces", why: "expected 1 to \(Checks.piecesMax)")
    }
    return try await book(code, pieces, .received, reason, actor, key)
  }

  /// A person says that there are more or fewer, and why.
  /// - Returns: as `receive`.
  @discardableResult
  public func adjust(
    _ code: String, by change: Int64, reason: String, by actor: Actor, key: String? = nil
  ) async throws -> Bool {
    guard change != 0, change.magnitude <= Checks.piecesMax.magnitude else {
      throw InventoryError.invalid(
        field: "change", why: "expected a number that is not 0, up to \(Checks.piecesMax)")
    }
    if let why = Checks.line(reason, Checks.reasonCharactersMax) {
      throw InventoryError.invalid(field: "reason", why: why)
    }
    return try await book(code, change, .adjusted, reason, actor, key)
  }

  private func book(
    _ code: String, _ delta: Int64, _ kind: MovementKind, _ reason: String?, _ actor: Actor,
    _ key: String?
  ) async throws -> Bool {
    let part = try await component(code)
    let act = Act(
      actor, kind == .received ? "stock.receive" : "stock.adjust", on: "component:" + code,
      ["\(delta)", reason].compactMap(\.self).joined(separator: ": "))
    do {
      let booking = PartBooking(
        componentID: part.id, delta: delta, kind: kind, reason: reason, requestKey: key)
      return try await !ledger.book([booking], by: actor.name, as: act).isEmpty
    } catch let error as PostgresError where error.sqlState == "23514" {
      throw InventoryError.notEnough(code)
    }
  }

  // MARK: Variants and SKUs

  /// Makes a variant or changes it, with its bill of materials.
  public func save(_ draft: VariantDraft, by actor: Actor) async throws {
    if let why = Checks.sku(draft.internalSKU) {
      throw InventoryError.invalid(field: "internal_sku", why: why)
    }
    for (field, text) in [("title", draft.title), ("base", draft.baseModel)] {
      if let text, let why = Checks.line(text, Checks.nameCharactersMax) {
        throw InventoryError.invalid(field: field, why: why)
      }
    }
    if let bill = draft.bill { try await check(bill) }
    let bill = draft.bill?.map { "\($0.code) \($0.pieces)" }.joined(separator: ", ")
    let act = Act(
      actor, bill == nil ? "stock.variant" : "stock.bill", on: "variant:" + draft.internalSKU,
      bill ?? "")
    do {
      try await ledger.save(draft, as: act)
    } catch is Ledger.UnknownComponent {
      throw InventoryError.noSuchComponent("of the bill of materials")
    }
  }

  private func check(_ bill: [(code: String, pieces: Int)]) async throws {
    guard bill.count <= Checks.billLinesMax else {
      throw InventoryError.invalid(field: "bill", why: "more than \(Checks.billLinesMax) parts")
    }
    let known = try await ledger.find(codes: bill.map(\.code)).ids
    var seen: Set<String> = []
    for (code, pieces) in bill {
      guard known[code] != nil else { throw InventoryError.noSuchComponent(code) }
      guard seen.insert(code).inserted else {
        throw InventoryError.invalid(field: "bill", why: "\(code) is there twice")
      }
      guard (1...Checks.perUnitMax).contains(pieces) else {
        throw InventoryError.invalid(
          field: "bill", why: "\(code): expected 1 to \(Checks.perUnitMax) pieces")
      }
    }
  }

  /// Maps a shop's SKU; open orders that brought it take their parts on.
  /// - Returns: how many orders did.
  @discardableResult
  public func map(_ mapping: MappingDraft, by actor: Actor) async throws -> Int {
    if let why = Checks.sku(mapping.shopSKU) {
      throw InventoryError.invalid(field: "shop_sku", why: why)
    }
    if let buffer = mapping.buffer, !(0...Checks.bufferMax).contains(buffer) {
      throw InventoryError.invalid(field: "buffer", why: "expected 0 to \(Checks.bufferMax)")
    }
    let act = Act(actor, "stock.map", on: "sku:" + mapping.shopSKU, mapping.internalSKU)
    guard let orders = try await ledger.map(mapping, by: actor.name, as: act) else {
      throw InventoryError.noSuchVariant(mapping.internalSKU)
    }
    return orders
  }
}
