import Inventory
import Kit
import Ledger

extension Command {
  static let stock = Command(
    name: "stock", summary: "Parts, bills of materials, SKUs, movements, files and counts.",
    usage: "stock VERB [WORDS]",
    details: """
      list [TEXT] [--low]            components with what is there, held and free
      show CODE                      one component, its barcodes and who holds it
      part CODE [--name ...]         makes a component or changes it
      barcode CODE BARCODE           a further barcode of it; with --remove, no more
      receive CODE PIECES            what came in
      adjust CODE CHANGE --reason    what a person says, and why
      movements [CODE]               what changed, newest first
      variants [TEXT]                sellable configurations and how many can be built
      variant SKU [--bill A:2,B:1]   makes one or changes it; open orders keep their parts
      map SHOP_SKU INTERNAL_SKU      what a shop's SKU stands for
      unmapped                       SKUs that orders brought and nobody mapped
      import FILE [--apply rest]     shows what a file would do; applies it only when told
      undo IMPORT                    books the opposite of what a file booked
      export [FILE]                  all components as a file that import takes
      count open TITLE               a stocktake; then: count N CODE PIECES, count close N,
                                     count cancel N, count show N

      An import's columns: code, name, type, barcode, asks_serial, cover_days, change or on_hand,
      reason. A file with a column sku has variants: sku, title, base, bill (RAM-8:2 SSD-1T:1); one with
      a column shop_sku what they stand for: shop_sku, sku, shop, price, buffer. With rows that are refused, --apply nothing applies nothing and --apply rest the others.
      """,
    options: [
      .init(name: "low", meaning: "only what runs out within its days of cover"),
      .init(name: "name", value: "NAME", meaning: "of a component"),
      .init(name: "type", value: "TYPE", meaning: "of a component, or of a stocktake's parts"),
      .init(name: "barcode", value: "CODE", meaning: "that is printed"),
      .init(name: "remove", meaning: "takes a barcode off its component"),
      .init(name: "serial", value: "on|off", meaning: "the bench asks for serial numbers"),
      .init(name: "cover-days", value: "N", meaning: "warn when it lasts for fewer"),
      .init(name: "active", value: "on|off", meaning: "whether it is still used"),
      .init(name: "title", value: "TEXT", meaning: "of a variant"),
      .init(name: "base", value: "MODEL", meaning: "of a variant"),
      .init(name: "bill", value: "A:2,B:1", meaning: "a variant's parts with their pieces"),
      .init(name: "shop", value: "NAME", meaning: "whose SKU it is (every shop's)"),
      .init(name: "price", value: "AMOUNT", meaning: "what the listing is meant to be sold for"),
      .init(name: "buffer", value: "N", meaning: "units kept back from the marketplace"),
      .init(name: "reason", value: "TEXT", meaning: "why"),
      .init(name: "key", value: "TEXT", meaning: "the same key again books nothing"),
      .init(name: "apply", value: "nothing|rest", meaning: "what to do when rows are refused"),
      .init(name: "shown", meaning: "the count sheet shows what is expected"), json,
    ], words: 1...20
  ) { arguments, context in
    guard let verb = StockVerb(rawValue: arguments.words[0]) else {
      throw UsageError(
        command: "stock",
        "knows " + StockVerb.allCases.map(\.rawValue).joined(separator: ", "))
    }
    do {
      return try await reading(context) { installation in
        try await StockDesk(
          inventory: Inventory(ledger: installation.ledger), installation: installation,
          arguments: arguments, context: context
        ).run(verb)
      }
    } catch let error as InventoryError where error.isNotFound {
      throw NotFound(description: error.description)
    }
  }
}

enum StockVerb: String, CaseIterable {
  case list, show, part, barcode, receive, adjust, movements, variants, variant, map, unmapped
  case `import`, undo, export, count
}
