import Effects
import HTTP
import Kit
import Ledger
import People
import Postgres

extension Room {
  /// Where everything stands and what needs a person now.
  static let overview = Room(
    "Overview", at: .overview, sees: .readOrders,
    icon: "M4 13h6V4H4zm0 7h6v-5H4zm8 0h8v-9h-8zm0-16v5h8V4z",
    routes: [
      .get("/", .readOrders) { visit in
        let counts = try await visit.ledger.counts()
        let waiting = try await visit.ledger.orders(
          OrderFilter(needsPerson: true, limit: OverviewPage.listed + 1))
        let latest = try await visit.ledger.orders(OrderFilter(limit: OverviewPage.listed))
        let overdue = counts.overdueEffects > 0 ? try await overdue(visit.ledger) : []
        return try await visit.page(
          "Overview", in: .overview,
          OverviewPage(
            counts: counts, waiting: waiting, overdue: overdue, latest: latest,
            moments: visit.moments
          ).markup())
      },
      .get("/counts.json", .readOrders) { visit in
        .json(Documents.counts(try await visit.ledger.counts()))
      },
    ])

  /// Asked state by state, so that what waits for people does not crowd out what is late.
  private static func overdue(_ ledger: Ledger) async throws(PostgresError) -> [EffectSummary] {
    var found: [EffectSummary] = []
    for state in EffectState.byUrgency where state.isActive {
      found += try await ledger.effects(EffectFilter(state: state, limit: OverviewPage.listed))
        .filter(\.isOverdue)
    }
    return found.sorted { $0.deadline < $1.deadline }
  }
}
