import Inventory
import Kit
import Ledger
import Operations

extension StockDesk {
  func variants() async throws {
    let text = arguments.words.dropFirst().joined(separator: " ")
    var all: [VariantRow] = []
    while true {
      let rows = try await ledger.variants(
        matching: text, after: all.last?.internalSKU ?? "", limit: 500)
      all += rows
      if rows.count < 500 { break }
    }
    print(
      all.map(\.json), ["sku", "title", "base", "parts", "can be built"],
      all.map {
        [
          $0.internalSKU, $0.title ?? "", $0.baseModel ?? "", "\($0.partCount)",
          $0.buildable.map { "\($0)" } ?? "",
        ]
      })
  }

  func variant() async throws {
    let sku = try word(1, "SKU")
    try await inventory.save(
      VariantDraft(
        internalSKU: sku, title: arguments.text("title"), baseModel: arguments.text("base"),
        bill: try arguments.text("bill").map(bill)), by: actor)
    guard let row = try await ledger.variant(sku) else { throw InventoryError.noSuchVariant(sku) }
    say(
      "\(sku): \(row.partCount) parts"
        + (row.buildable.map { ", \($0) can be built" } ?? ""))
  }

  /// `RAM:2,SSD:1`; a code alone is one piece.
  private func bill(_ text: String) throws(UsageError) -> [(code: String, pieces: Int)] {
    var bill: [(code: String, pieces: Int)] = []
    for entry in text.split(separator: ",") {
      guard let colon = entry.lastIndex(of: ":") else {
        bill.append((String(entry), 1))
        continue
      }
      guard let pieces = Int(entry[entry.index(after: colon)...]) else {
        throw UsageError(command: "stock", "--bill takes CODE:PIECES, separated by commas")
      }
      bill.append((String(entry[..<colon]), pieces))
    }
    return bill
  }

  func map() async throws {
    var price: Int64?
    if let text = arguments.text("price") {
      guard let amount = Amount.hundredths(text), amount >= 0 else {
        throw UsageError(command: "stock", "--price takes an amount as 1299.00")
      }
      price = amount
    }
    let shop = arguments.text("shop") ?? ""
    if !shop.isEmpty { _ = try installation.shop(shop) }
    let buffer =
      try arguments.text("buffer") == nil ? nil : arguments.int("buffer", or: 0, in: 0...1_000_000)
    try await installation.openShops()
    let taken = try await inventory.map(
      MappingDraft(
        shopSKU: try word(1, "SHOP_SKU"), shopID: shop, internalSKU: try word(2, "INTERNAL_SKU"),
        price: price, buffer: buffer), by: actor)
    var healed = 0
    for shop in installation.shops {
      healed += try await Intake(
        ledger: ledger, shop: shop.settings, cycle: installation.settings.cycle
      ).reconsiderParked(correlationID: "catalogue/\(UUIDv7.make().text)").healed
    }
    await ledger.announce()
    say("mapped; \(taken) open orders took their parts on, \(healed) healed")
  }

  func unmapped() async throws {
    let rows = try await ledger.unmapped(limit: 1_000)
    print(
      rows.map(\.json), ["shop", "sku", "lines", "since", "title"],
      rows.map { [$0.shopID, $0.sku, "\($0.lines)", $0.firstSeen.short, $0.title ?? ""] })
  }

  // MARK: Files

  func importFile() async throws -> Int32 {
    let path = try word(1, "FILE")
    let bytes = try FileBytes.read(path, limit: ImportPlan.fileBytesMax)
    let name = String(path.split(separator: "/").last ?? "file")
    let choice = try whenRefused()
    if let kind = CataloguePlan.Kind.of(bytes) {
      return try await importCatalogue(
        try await inventory.preview(kind, file: name, bytes), choice)
    }
    let plan = try await inventory.preview(file: name, bytes)
    var number: Int64?
    if let choice {
      do {
        number = try await inventory.apply(plan, whenRefused: choice, by: actor)
      } catch InventoryError.rowsRefused {
        number = nil
      }
    }
    if arguments.has("json") {
      context.print(plan.json(applied: number).text)
    } else {
      for row in plan.refused.prefix(50) {
        context.print("line \(row.line): \(row.code): \(row.why)")
      }
      if plan.refused.count > 50 { context.print("... and \(plan.refused.count - 50) more") }
      let what = "\(plan.rows.count) rows can be applied (\(plan.new.count) new parts), "
      context.print(what + "\(plan.refused.count) are refused")
      context.print(number.map { "applied as import \($0)" } ?? "nothing was applied")
    }
    return plan.refused.isEmpty ? ExitStatus.fine : ExitStatus.trouble
  }

  private func whenRefused() throws(UsageError) -> Inventory.WhenRefused? {
    guard let text = arguments.text("apply") else { return nil }
    guard let choice = Inventory.WhenRefused(rawValue: text) else {
      throw UsageError(command: "stock", "--apply takes nothing or rest")
    }
    return choice
  }

  private func importCatalogue(
    _ plan: CataloguePlan, _ choice: Inventory.WhenRefused?
  ) async throws -> Int32 {
    var taken: Int?
    if let choice {
      do {
        taken = try await inventory.apply(plan, whenRefused: choice, by: actor)
      } catch InventoryError.rowsRefused {
        taken = nil
      }
    }
    if arguments.has("json") {
      context.print(plan.json(taken: taken).text)
    } else {
      for row in plan.refused.prefix(50) {
        context.print("line \(row.line): \(row.code): \(row.why)")
      }
      if plan.refused.count > 50 { context.print("... and \(plan.refused.count - 50) more") }
      context.print("\(plan.rows.count) rows can be applied, \(plan.refused.count) are refused")
      context.print(
        taken.map { "applied; \($0) open orders took their parts on" } ?? "nothing was applied")
    }
    return plan.refused.isEmpty ? ExitStatus.fine : ExitStatus.trouble
  }

  func export() async throws {
    if arguments.words.count > 1 {
      var bytes: [UInt8] = []
      try await inventory.export { bytes += Array($0.utf8) }
      try AtomicFile.write(bytes, to: arguments.words[1])
      return say("written to \(arguments.words[1])")
    }
    try await inventory.export { context.print(String($0.trimmed)) }
  }

  // MARK: Counting

  func count() async throws {
    switch try word(1, "open, close, cancel, show or a number") {
    case "open":
      let title = arguments.words.dropFirst(2).joined(separator: " ")
      let id = try await inventory.openStocktake(
        title, type: arguments.text("type") ?? "", isBlind: !arguments.has("shown"),
        by: actor)
      context.print(
        arguments.has("json")
          ? JSON.object([("stocktake", .int(id))]).text : "stocktake \(id) is open")
    case "close":
      let booked = try await inventory.closeStocktake(
        try number(2, "STOCKTAKE"), by: actor)
      say("closed; \(booked) parts differed")
    case "cancel":
      try await inventory.cancelStocktake(try number(2, "STOCKTAKE"), by: actor)
      say("cancelled; nothing was booked")
    case "show":
      let id = try number(2, "STOCKTAKE")
      guard let sheet = try await ledger.stocktake(id) else {
        throw InventoryError.noSuchStocktake(id)
      }
      let hides = sheet.isBlind && sheet.state == .open
      let lines = try await ledger.lines(ofStocktake: id, limit: 100_000)
      print(
        lines.map { $0.json(hides: hides) }, ["code", "name", "type", "counted", "expected"],
        lines.map {
          [
            $0.code, $0.name, $0.type, $0.counted.map { "\($0)" } ?? "",
            hides ? "" : $0.expected.map { "\($0)" } ?? "",
          ]
        })
    default:
      let difference = try await inventory.count(
        try word(2, "CODE"), try number(3, "PIECES"), in: try number(1, "STOCKTAKE"),
        by: actor)
      say(difference == 0 ? "as expected" : "differs; count it again to be sure")
    }
  }
}
