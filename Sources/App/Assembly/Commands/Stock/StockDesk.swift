import Inventory
import Kit
import Ledger
import Operations
import People
import Stock

/// The verbs of `quayside stock`.
struct StockDesk: Sendable {
  let inventory: Inventory
  let installation: Installation
  let arguments: Arguments
  let context: Context

  var ledger: Ledger { inventory.ledger }
  var actor: Actor { .commandLine(context.actor) }
  private var isJSON: Bool { arguments.has("json") }

  func run(_ verb: StockVerb) async throws -> Int32 {
    switch verb {
    case .list: try await list()
    case .show: try await show()
    case .part: try await part()
    case .barcode:
      let (code, barcode) = (try word(1, "CODE"), try word(2, "BARCODE"))
      if arguments.has("remove") {
        try await inventory.remove(barcode: barcode, from: code, by: actor)
        say("\(barcode) means \(code) no more")
      } else {
        try await inventory.add(barcode: barcode, to: code, by: actor)
        say("\(barcode) means \(code)")
      }
    case .receive:
      try await inventory.receive(
        try word(1, "CODE"), try number(2, "PIECES"), reason: arguments.text("reason"),
        by: actor, key: arguments.text("key"))
      try await sayStock()
    case .adjust:
      try await inventory.adjust(
        try word(1, "CODE"), by: try number(2, "CHANGE"), reason: arguments.text("reason") ?? "",
        by: actor, key: arguments.text("key"))
      try await sayStock()
    case .movements: try await movements()
    case .variants: try await variants()
    case .variant: try await variant()
    case .map: try await map()
    case .unmapped: try await unmapped()
    case .import: return try await importFile()
    case .undo:
      let booked = try await inventory.undo(
        importID: try number(1, "IMPORT"), by: actor)
      say("\(booked) movements undone")
    case .export: try await export()
    case .count: try await count()
    }
    return ExitStatus.fine
  }

  // MARK: Words

  func word(_ index: Int, _ name: String) throws(UsageError) -> String {
    guard index < arguments.words.count else {
      throw UsageError(command: "stock", "\(arguments.words[0]) needs \(name)")
    }
    return arguments.words[index]
  }

  /// A sign may stand before it; the shell's `--` is not needed.
  func number(_ index: Int, _ name: String) throws(UsageError) -> Int64 {
    let text = try word(index, name)
    guard let number = Int64(text) else {
      throw UsageError(command: "stock", "\(name) is a whole number, not '\(text)'")
    }
    return number
  }

  func flag(_ name: String) throws(UsageError) -> Bool? {
    switch arguments.text(name) {
    case nil: nil
    case "on": true
    case "off": false
    default: throw UsageError(command: "stock", "--\(name) takes on or off")
    }
  }

  func say(_ words: String) {
    context.print(isJSON ? JSON.object([("done", .string(words))]).text : words)
  }

  private func sayStock() async throws {
    let row = try await inventory.component(try word(1, "CODE"))
    context.print(
      isJSON ? row.json.text : "\(row.code): \(row.onHand) there, \(row.free) free")
  }

  // MARK: Parts

  private func list() async throws {
    let text = arguments.words.dropFirst().joined(separator: " ")
    var filter = ComponentFilter(text: text, lowOnly: arguments.has("low"), limit: 500)
    var rows = try await ledger.components(filter)
    var all = rows
    while !filter.lowOnly, rows.count == filter.limit, let last = rows.last {
      filter.after = (last.name, last.id)
      rows = try await ledger.components(filter)
      all += rows
    }
    print(
      all.map(\.json), ["code", "name", "type", "there", "held", "free", "days"],
      all.map {
        [
          $0.code, $0.name, $0.type, "\($0.onHand)", "\($0.reserved)", "\($0.free)",
          ($0.daysOfCover.map { "\($0)" } ?? "") + ($0.isLow ? " low" : ""),
        ]
      })
  }

  func print(_ json: [JSON], _ head: [String], _ rows: [[String]]) {
    context.print(isJSON ? JSON.array(json).text : Table.text(head, rows))
  }

  private func show() async throws {
    let row = try await inventory.component(try word(1, "CODE"))
    let barcodes = try await ledger.barcodes(of: row.id)
    let holders = try await ledger.holders(of: row.id)
    if isJSON {
      return context.print(
        JSON.object([
          ("component", row.json), ("barcodes", .array(barcodes.map(JSON.string))),
          (
            "held_by",
            .array(
              holders.map {
                .object([("order_id", .string($0.orderID)), ("pieces", .int($0.pieces))])
              })
          ),
        ]).text)
    }
    context.print("\(row.code)  \(row.name)  (\(row.type))")
    context.print("there \(row.onHand), held \(row.reserved), free \(row.free)")
    if let days = row.daysOfCover {
      context.print("lasts for \(days) days; warns below \(row.coverDays)")
    }
    if !barcodes.isEmpty { context.print("barcodes: " + barcodes.joined(separator: ", ")) }
    for holder in holders { context.print("held by \(holder.orderID): \(holder.pieces)") }
  }

  private func part() async throws {
    let code = try word(1, "CODE")
    let days =
      try arguments.text("cover-days") == nil
      ? nil : arguments.int("cover-days", or: 14, in: 0...3_650)
    try await inventory.save(
      ComponentDraft(
        code: code, name: arguments.text("name"), type: arguments.text("type"),
        barcode: arguments.text("barcode"), asksSerial: try flag("serial"), coverDays: days,
        isActive: try flag("active")), by: actor)
    try await sayStock()
  }

  private func movements() async throws {
    var part: Int64?
    if arguments.words.count > 1 { part = try await inventory.component(arguments.words[1]).id }
    let rows = try await ledger.movements(of: part, limit: 500)
    print(
      rows.map(\.json), ["when", "part", "change", "kind", "order", "who", "why"],
      rows.map {
        [
          $0.at.short, $0.code, $0.delta > 0 ? "+\($0.delta)" : "\($0.delta)", $0.kind.rawValue,
          $0.orderID ?? "", $0.actor, $0.reason ?? "",
        ]
      })
  }
}
