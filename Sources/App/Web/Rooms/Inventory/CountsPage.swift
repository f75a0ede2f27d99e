import Inventory
import Kit
import Ledger
import People

/// All stocktakes.
struct CountsPage: Sendable {
  let visit: Visit
  let rows: [StocktakeRow]

  func markup() -> Markup {
    Tag.div(.class("title")) { Tag.h1 { "Stocktakes" } }
      + StockFrame.tabs(.counts, visit)
      + Tag.section(.class("panel"), .label("Stocktakes")) {
        if rows.isEmpty {
          Parts.empty(
            "Nobody counted yet",
            "A sheet lists the parts; each is counted against what is there at that moment, so orders may go on shipping."
          )
        } else {
          table
        }
      } + opening
  }

  private var table: Markup {
    Table<StocktakeRow>(
      caption: "Stocktakes, newest first", kind: "counts",
      columns: [
        .init("Stocktake") { row in
          Tag.a(.class("id"), .href(.count(row.id))) { row.title }
            + Tag.small { "by \(row.createdBy)" }
        },
        .init("State") { row in Parts.badge(row.state.words, row.state.tone) },
        .init("Counted", isNumber: true) { row in
          Markup("\(Words.count(row.counted)) of \(Words.count(row.parts))")
        },
        .init("Differ", isNumber: true) { row in
          Markup(row.isBlind && row.state == .open ? "" : Words.count(row.differing))
        },
        .init("Begun") { visit.moments.pair($0.createdAt) },
      ]
    ).markup(rows)
  }

  @MarkupBuilder private var opening: Markup {
    if visit.can(.changeStock) {
      Parts.section("open", "Begin a stocktake") {
        visit.form(to: .stockCounts, .class("fields wide")) {
          visit.formKey
          StockFrame.field("title", "Title", "", .required, .maxLength(200))
          StockFrame.field("type", "Only parts of type", "", .maxLength(40))
          Tag.label(.class("check")) {
            Tag.input(.type("checkbox"), .name("shown"), .value("yes"))
            "Show what is expected while counting"
          }
          Tag.button(.type("submit"), .class("main")) { "Begin" }
        }
      }
    }
  }
}

extension StocktakeRow.State {
  var words: String {
    switch self {
    case .open: "Open"
    case .closed: "Closed"
    case .cancelled: "Cancelled"
    }
  }

  var tone: Tone {
    switch self {
    case .open: .busy
    case .closed: .done
    case .cancelled: .off
    }
  }
}

/// One sheet: scan or type a code, say how many, next.
struct CountPage: Sendable {
  let visit: Visit
  let sheet: StocktakeRow
  let lines: [StocktakeLine]

  init(_ visit: Visit) async throws {
    self.visit = visit
    guard let id = Int64(visit["id"]), let sheet = try await visit.ledger.stocktake(id) else {
      throw PageProblem.notFound("There is no such stocktake.")
    }
    self.sheet = sheet
    lines = try await visit.ledger.lines(ofStocktake: id)
  }

  private var hides: Bool { sheet.isBlind && sheet.state == .open }
  private var isOpen: Bool { sheet.state == .open && visit.can(.changeStock) }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.stockCounts)) { "Stocktakes" } }
        Tag.h1 { sheet.title }
        Tag.p(.class("lead")) {
          "\(Words.count(sheet.counted)) of \(Words.count(sheet.parts, "part", "parts")) counted"
        }
      }
      Parts.badge(sheet.state.words, sheet.state.tone)
    } + counting
      + Parts.section(
        "sheet", "The sheet",
        note: hides ? "what is expected is shown when it is closed" : nil
      ) {
        if lines.isEmpty {
          Parts.empty("No parts on it", "There was no active part of that type.")
        } else {
          table
        }
      } + ending
  }

  @MarkupBuilder private var counting: Markup {
    if isOpen {
      Parts.section("count", "Count") {
        visit.form(to: .count(sheet.id), .class("fields wide")) {
          StockFrame.field(
            "code", "Scan or type a code", "", .required, .autofocus, .maxLength(80))
          StockFrame.field("counted", "How many are there", "", .required, .inputMode("numeric"))
          Tag.button(.type("submit"), .class("main")) { "Next" }
        }
      }
    }
  }

  private var table: Markup {
    var columns: [Table<StocktakeLine>.Column] = [
      .init("Part") { StockFrame.partLink($0.code, $0.name) },
      .init("Type") { Markup($0.type) },
      .init("Counted", isNumber: true) { Markup($0.counted.map(StockFrame.pieces) ?? "") },
    ]
    if !hides {
      columns.append(
        .init("Expected", isNumber: true) { Markup($0.expected.map(StockFrame.pieces) ?? "") })
      columns.append(.init("Difference", isNumber: true) { Markup(Self.difference($0) ?? "") })
    }
    columns.append(.init("By") { Markup($0.countedBy ?? "") })
    return Table(
      caption: "Parts to count", kind: "sheet", columns: columns,
      isTrouble: { !hides && $0.counted != $0.expected }
    ).markup(lines)
  }

  private static func difference(_ line: StocktakeLine) -> String? {
    guard let counted = line.counted, let expected = line.expected else { return nil }
    return counted == expected ? "none" : StockFrame.change(counted - expected)
  }

  @MarkupBuilder private var ending: Markup {
    if isOpen {
      Tag.nav(.class("pages actions"), .label("End")) {
        Tag.details(.class("fold")) {
          Tag.summary(.class("button danger")) { "Throw it away" }
          Tag.p(.class("hint")) {
            "Nothing of what was counted is booked, and nobody can go on with this sheet."
          }
          visit.button(
            "Yes, throw it away", to: Path.count(sheet.id).segment("cancel"), .danger)
        }
        visit.button("Book the differences", to: Path.count(sheet.id).segment("close"), .main)
      }
    }
  }
}
