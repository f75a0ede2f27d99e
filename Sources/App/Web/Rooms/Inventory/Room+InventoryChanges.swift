import HTTP
import Inventory
import Kit
import Ledger
import People
import Postgres

extension Room {
  /// What people change. The inventory writes each act into the audit trail with what it changed; the
  /// movements carry the name too.
  static let changing: [PageRoute] = [
    act("/stock/parts") { visit, inventory in
      let code = try visit.form.text("code", "The code", max: 64)
      let pieces = try visit.form["on_hand"].map { try whole($0, "How many are there") } ?? 0
      try await inventory.save(
        ComponentDraft(
          code: code, name: visit.form["name"], type: visit.form["type"],
          barcode: visit.form["barcode"]), pieces: pieces, by: visit.actor)
      return Done(.part(code), "\(code) is there now.")
    },
    act("/stock/parts/{code}") { visit, inventory in
      let code = visit["code"]
      let days = try visit.form["cover_days"].map { Int(try whole($0, "The days")) }
      try await inventory.save(
        ComponentDraft(
          code: code, name: try visit.form.text("name", "The name", max: 200),
          type: visit.form["type"], asksSerial: visit.form.isChecked("asks_serial"),
          coverDays: days), by: visit.actor)
      return Done(.part(code), "Saved.")
    },
    act("/stock/parts/{code}/receive") { visit, inventory in
      let code = visit["code"]
      let pieces = try whole(visit.form["pieces"] ?? "", "The pieces")
      let isNew = try await inventory.receive(
        code, pieces, by: visit.actor, key: try visit.sentFormKey())
      return Done(
        .part(code), isNew ? "\(StockFrame.change(pieces)) of \(code)." : alreadyBooked)
    },
    act("/stock/parts/{code}/adjust") { visit, inventory in
      let code = visit["code"]
      let change = try whole(visit.form["change"] ?? "", "More or fewer")
      let reason = visit.form["reason"] ?? ""
      let isNew = try await inventory.adjust(
        code, by: change, reason: reason, by: visit.actor, key: try visit.sentFormKey())
      return Done(
        .part(code), isNew ? "\(StockFrame.change(change)) of \(code)." : alreadyBooked)
    },
    act("/stock/parts/{code}/barcodes") { visit, inventory in
      let code = visit["code"]
      let barcode = visit.form["barcode"] ?? ""
      try await inventory.add(barcode: barcode, to: code, by: visit.actor)
      return Done(.part(code), "\(barcode) means \(code) now.")
    },
    act("/stock/parts/{code}/barcodes/remove") { visit, inventory in
      let code = visit["code"]
      let barcode = visit.form.raw("barcode") ?? ""
      try await inventory.remove(barcode: barcode, from: code, by: visit.actor)
      return Done(.part(code), "\(barcode) means \(code) no more.")
    },
    act("/stock/variants") { visit, inventory in
      let sku = try visit.form.text("sku", "Our SKU", max: 255)
      try await inventory.save(
        VariantDraft(
          internalSKU: sku, title: visit.form["title"], baseModel: visit.form["base"]),
        by: visit.actor)
      return Done(.variant(sku), "\(sku) is there now; say what it is made of.")
    },
    act("/stock/variants/{sku}") { visit, inventory in
      let sku = visit["sku"]
      let text = visit.form.raw("bill") ?? ""
      guard try await visit.ledger.variant(sku) != nil else {
        throw InventoryError.noSuchVariant(sku)
      }
      try await inventory.save(
        VariantDraft(internalSKU: sku, bill: try bill(text)), by: visit.actor)
      return Done(.variant(sku), "The bill of \(sku) is saved.")
    },
    act("/stock/skus") { visit, inventory in
      let shopSKU = visit.form["shop_sku"] ?? ""
      let sku = visit.form["sku"] ?? ""
      var price: Int64?
      if let text = visit.form["price"] {
        guard let amount = Amount.hundredths(text), amount >= 0 else {
          throw PageProblem.unclear("A price looks like 1299.00.")
        }
        price = amount
      }
      let buffer = try visit.form["buffer"].map { Int(try whole($0, "The units kept back")) }
      let taken = try await inventory.map(
        MappingDraft(shopSKU: shopSKU, internalSKU: sku, price: price, buffer: buffer),
        by: visit.actor)
      let words = "\(shopSKU) stands for \(sku) now."
      return Done(
        .stockSKUs,
        taken == 0
          ? words : words + " \(Words.count(taken, "open order", "open orders")) took parts on.")
    },
    act("/stock/counts") { visit, inventory in
      let id = try await inventory.openStocktake(
        visit.form["title"] ?? "", type: visit.form["type"] ?? "",
        isBlind: !visit.form.isChecked("shown"), by: visit.actor, key: try visit.sentFormKey())
      return Done(.count(id), "Scan a part and say how many there are.")
    },
    act("/stock/counts/{id}") { visit, inventory in
      let id = try whole(visit["id"], "The stocktake")
      let code = visit.form["code"] ?? ""
      let counted = try whole(visit.form["counted"] ?? "", "How many are there")
      let difference = try await inventory.count(code, counted, in: id, by: visit.actor)
      let sheet = try await visit.ledger.stocktake(id)
      let isKnown = sheet?.isBlind == false
      return Done(
        .count(id),
        isKnown && difference != 0
          ? "\(code): \(StockFrame.change(difference)) to what is expected. Count it again to be sure."
          : "\(code): \(StockFrame.pieces(counted)).")
    },
    act("/stock/counts/{id}/close") { visit, inventory in
      let id = try whole(visit["id"], "The stocktake")
      let booked = try await inventory.closeStocktake(id, by: visit.actor)
      return Done(
        .count(id),
        booked == 0
          ? "Closed; nothing differed."
          : "Closed; \(Words.count(booked, "difference is", "differences are")) booked.")
    },
    act("/stock/counts/{id}/cancel") { visit, inventory in
      let id = try whole(visit["id"], "The stocktake")
      try await inventory.cancelStocktake(id, by: visit.actor)
      return Done(.stockCounts, "Thrown away; nothing was booked.")
    },
    act("/stock/import", bodyBytesMax: ImportPlan.fileBytesMax + 65_536) {
      visit, inventory in
      guard let file = visit.form.files.first(where: { $0.name == "file" }), !file.body.isEmpty
      else { throw PageProblem.unclear("Choose a file.") }
      let name = String((file.filename ?? "file").prefix(200))
      let bytes = Array(file.body)
      _ = try await FilePlan(inventory, name, bytes)
      let id = try await visit.ledger.stageFile(name, bytes, by: visit.actor.name)
      return Done(
        Path.stockImport.segment("\(id)"),
        "This is what the file would do. Nothing is changed yet.")
    },
    act("/stock/import/{file}") { visit, inventory in
      let (id, _, plan) = try await staged(visit)
      let choice = visit.form["when"].flatMap { Inventory.WhenRefused(rawValue: $0) } ?? .nothing
      switch plan {
      case .parts(let plan):
        let number = try await inventory.apply(
          plan, whenRefused: choice, staged: id, by: visit.actor)
        return Done(
          .stock, "\(Words.count(plan.rows.count, "row", "rows")) applied as import \(number).")
      case .catalogue(let plan):
        let taken = try await inventory.apply(
          plan, whenRefused: choice, staged: id, by: visit.actor)
        let words = "\(Words.count(plan.rows.count, "row", "rows")) applied."
        return Done(
          plan.kind == .variants ? .stockVariants : .stockSKUs,
          taken == 0
            ? words : words + " \(Words.count(taken, "open order", "open orders")) took parts on.")
      }
    },
  ]

  /// Where to go on after an act, and what is said there.
  private struct Done {
    let path: Path
    let words: String

    init(_ path: Path, _ words: String) {
      self.path = path
      self.words = words
    }
  }

  private static func act(
    _ path: String, bodyBytesMax: Int = PageRoute.bodyBytesMax,
    _ body: @escaping @Sendable (Visit, Inventory) async throws -> Done
  ) -> PageRoute {
    .post(path, .changeStock, bodyBytesMax: bodyBytesMax) { visit in
      try await kindly {
        let done = try await body(visit, Inventory(ledger: visit.ledger))
        return try await visit.done(done.path, done.words)
      }
    }
  }

  private static let alreadyBooked =
    "That form was booked already, and nothing more now. Fill it in anew for more."

  private static func whole(_ text: String, _ label: String) throws(PageProblem) -> Int64 {
    guard let number = Int64(text) else {
      throw .unclear("\(label): that is a whole number, such as 3 or -1.")
    }
    return number
  }

  /// A line each: a code, blanks, and the pieces; a code alone is one piece.
  private static func bill(_ text: String) throws(PageProblem) -> [(code: String, pieces: Int)] {
    var bill: [(code: String, pieces: Int)] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let code = words.first else { continue }
      guard words.count <= 2, let pieces = words.count == 2 ? Int(words[1]) : 1 else {
        throw .unclear("“\(line.prefix(80))”: a line is a code and how many pieces of it.")
      }
      bill.append((String(code), pieces))
    }
    return bill
  }
}
