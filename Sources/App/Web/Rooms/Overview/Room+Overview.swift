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
        let listed = DutyList.listedMax + 1
        // Side by side: none needs what another brings.
        async let situation = visit.services.situation()
        async let unmapped = ledger.unmappedSKUs()
        async let latest = ledger.page(of: OrderSearch(.all, limit: OverviewPage.latestMax))
        async let answers =
          visit.can(.readInbox) ? ledger.answerDuties(soon: Clock.soon, limit: listed) : []
        let duties = try await ledger.duties(soon: Clock.soon, limit: listed)
        let orders = try await ledger.rows(of: duties.map(\.orderID))
        let page = OverviewPage(
          situation: try await situation,
          duties: DutyList(visit, duties, orders, try await answers),
          latest: try await latest.rows, unmapped: try await unmapped, moments: visit.moments)
        return try await visit.page("Overview", in: .overview, page.markup())
      },
      .get("/counts.json", .readOrders) { visit in
        .json(Documents.counts(try await visit.ledger.counts()))
      },
    ])
}
