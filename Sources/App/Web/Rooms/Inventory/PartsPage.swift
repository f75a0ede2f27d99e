import HTTP
import Kit
import Ledger
import People

/// The components, with what is there, held and free.
struct PartsPage: Sendable {
  static let listed = 50

  let visit: Visit
  let text: String
  let isLow: Bool
  let rows: [ComponentRow]
  let next: ComponentRow?

  init(_ visit: Visit) async throws {
    self.visit = visit
    text = visit.request.query("q").flatMap(Text.trimmed) ?? ""
    isLow = visit.request.query("low") != nil
    var filter = ComponentFilter(text: text, lowOnly: isLow, limit: Self.listed + 1)
    if isLow { filter.limit = 500 }
    if let name = visit.request.query("after"),
      let id = visit.request.query("id").flatMap({ Int64($0) })
    {
      filter.after = (name, id)
    }
    let found = try await visit.ledger.components(filter)
    rows = isLow ? found : Array(found.prefix(Self.listed))
    next = !isLow && found.count > Self.listed ? rows.last : nil
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Inventory" }
      StockFrame.search("Name, code or barcode", at: .stock, text)
    }
      + StockFrame.tabs(isLow ? .low : .parts, visit)
      + Tag.section(.class("panel"), .id("parts"), .label("Parts"), .refreshes(on: "stock")) {
        if rows.isEmpty { nothing } else { table }
      }
      + Tag.nav(.class("pages"), .label("Pages of the list")) {
        if !isLow, !rows.isEmpty {
          Tag.a(.class("button"), .href(.stockExport)) { "Export all" }
        }
        if let next {
          Tag.a(
            .class("button"),
            .href(
              Path.stock.query("q", text).query("after", next.name).query("id", "\(next.id)"))
          ) { "More parts" }
        }
      }
      + adding
  }

  private var table: Markup {
    Table<ComponentRow>(
      caption: isLow ? "Parts that run low, the most urgent first" : "Parts by name",
      kind: "parts",
      columns: [
        .init("Part") { StockFrame.partLink($0.code, $0.name) },
        .init("Type") { Markup($0.type) },
        .init("There", isNumber: true) { Markup(StockFrame.pieces($0.onHand)) },
        .init("Held", isNumber: true) { Markup(StockFrame.pieces($0.reserved)) },
        .init("Free", isNumber: true) { row in
          Tag.strong { StockFrame.pieces(row.free) }
        },
        .init("Lasts") { Self.cover($0) },
      ],
      isTrouble: \.isLow
    ).markup(rows)
  }

  static func cover(_ row: ComponentRow) -> Markup {
    let days = row.daysOfCover.map { Words.count(Int($0), "day", "days") }
    if row.free < 0 {
      return Parts.badge("\(Words.count(Int(-row.free))) short", .bad)
        + Tag.small { "promised, not there" }
    }
    if row.isLow {
      return Parts.badge(days ?? "low", .warn) + Tag.small { "warns below \(row.coverDays)" }
    }
    return Markup(days ?? "")
  }

  private var nothing: Markup {
    if isLow {
      Parts.empty(
        "Nothing runs low",
        "A part is listed here when what is free of it lasts for fewer days than it should.")
    } else if !text.isEmpty {
      Parts.empty("Nothing found for “\(text)”", "A barcode has to be whole; a name may be a part.")
    } else {
      Parts.empty(
        "No parts yet",
        "Add the first one below, or import a file of them. Stock is kept by movements: what came, what left, and why."
      )
    }
  }

  @MarkupBuilder private var adding: Markup {
    if visit.can(.changeStock) {
      Parts.section("add", "Add a part") {
        visit.form(to: .stockParts, .class("fields wide")) {
          StockFrame.field("code", "Code", "", .required, .maxLength(64))
          StockFrame.field("name", "Name", "", .required, .maxLength(200))
          StockFrame.field("type", "Type", "", .list("types"), .maxLength(40))
          Tag.datalist(.id("types")) {
            for type in Set(rows.map(\.type)).sorted() { Tag.option(.value(type)) {} }
          }
          StockFrame.field("barcode", "Barcode", "", .maxLength(80))
          StockFrame.field("on_hand", "How many are there", "", .inputMode("numeric"))
          Tag.button(.type("submit"), .class("main")) { "Add" }
        }
      }
    }
  }
}
