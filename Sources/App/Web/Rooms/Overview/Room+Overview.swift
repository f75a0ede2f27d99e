import HTTP
import Ledger
import People

extension Room {
  /// What needs a person now, and where everything stands.
  static let overview = Room(
    "Overview", at: .overview, sees: .readOrders,
    icon: "M4 13h6V4H4zm0 7h6v-5H4zm8 0h8v-9h-8zm0-16v5h8V4z",
    routes: [
      .get("/", .readOrders) { visit in
        let ledger = visit.ledger
        let situation = try await visit.services.situation()
        let duties = try await ledger.duties(soon: Clock.soon, limit: OverviewPage.dutiesMax + 1)
        let latest = try await ledger.page(of: OrderSearch(.all, limit: OverviewPage.latestMax))
        let page = OverviewPage(
          situation: situation, duties: duties,
          orders: try await ledger.rows(of: duties.map(\.orderID)), latest: latest.rows,
          unmapped: try await ledger.unmappedSKUs(), moments: visit.moments)
        return try await visit.page("Overview", in: .overview, page.markup())
      },
      .get("/counts.json", .readOrders) { visit in
        .json(Documents.counts(try await visit.ledger.counts()))
      },
    ])
}
