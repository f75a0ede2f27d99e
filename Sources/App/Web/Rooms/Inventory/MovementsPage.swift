import HTTP
import Kit
import Ledger
import Stock

struct MovementsTable: Sendable {
  let moments: Moments
  var showsPart = true

  func markup(_ rows: [Movement]) -> Markup {
    var columns: [Table<Movement>.Column] = [.init("When") { moments.pair($0.at) }]
    if showsPart { columns.append(.init("Part") { StockFrame.partLink($0.code, $0.name) }) }
    columns += [
      .init("Change", isNumber: true) { row in
        Tag.strong(.class(row.delta > 0 ? "came" : "left")) { StockFrame.change(row.delta) }
      },
      .init("What") { Parts.badge($0.kind.words, $0.kind.tone) },
      .init("Order") { $0.orderID.map(Parts.orderLink) ?? Markup() },
      .init("Who and why") { row in
        Markup(row.actor) + (row.reason.map { reason in Tag.small { reason } } ?? Markup())
      },
    ]
    return Table(caption: "Movements, newest first", kind: "movements", columns: columns)
      .markup(rows)
  }
}

extension MovementKind {
  var words: String {
    switch self {
    case .received: "Received"
    case .adjusted: "Adjusted"
    case .imported: "Imported"
    case .counted: "Counted"
    case .returned: "Returned"
    case .shipped: "Shipped"
    case .installed: "Built in"
    case .uninstalled: "Taken back out"
    case .removed: "Removed part"
    case .corrected: "Found"
    }
  }

  var tone: Tone {
    switch self {
    case .received, .returned, .removed, .uninstalled: .good
    case .shipped, .installed: .done
    case .imported, .counted: .calm
    case .adjusted: .busy
    case .corrected: .warn
    }
  }
}

/// Everything that changed, of all parts.
struct MovementsPage: Sendable {
  static let listed = 100

  let visit: Visit
  let rows: [Movement]
  let next: Int64?

  init(_ visit: Visit) async throws {
    self.visit = visit
    let before = visit.request.query("before").flatMap { Int64($0) }
    let found = try await visit.ledger.movements(before: before, limit: Self.listed + 1)
    rows = Array(found.prefix(Self.listed))
    next = found.count > Self.listed ? rows.last?.id : nil
  }

  func markup() -> Markup {
    Tag.div(.class("title")) { Tag.h1 { "Movements" } }
      + StockFrame.tabs(.movements, visit)
      + Tag.section(
        .class("panel"), .id("movements"), .label("Movements"), .refreshes(on: "stock")
      ) {
        if rows.isEmpty {
          Parts.empty("Nothing moved yet", "Whatever comes or goes is written down here, for good.")
        } else {
          MovementsTable(moments: visit.moments).markup(rows)
        }
      }
      + Tag.nav(.class("pages"), .label("Pages of the list")) {
        if let next {
          Tag.a(.class("button"), .href(Path.stockMovements.query("before", "\(next)"))) {
            "Older movements"
          }
        }
      }
  }
}
