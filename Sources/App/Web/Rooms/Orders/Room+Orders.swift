import Effects
import HTTP
import Ledger
import People

extension Room {
  /// Every order, with its whole story; and what is still open outside.
  static let orders = Room(
    "Orders", at: .orders, sees: .readOrders,
    icon: "M5 3h14v18l-3-2-2 2-2-2-2 2-2-2-3 2zm3 5v2h8V8zm0 4v2h8v-2z",
    routes: [
      .get("/orders", .readOrders) { visit in
        let query = try OrderQuery(visit.request)
        let (orders, next) = OrderQuery.page(try await visit.ledger.orders(query.filter))
        let page = OrdersPage(
          query: query, counts: try await visit.ledger.counts(), orders: orders, next: next,
          moments: visit.moments)
        return try await visit.page("Orders", in: .orders, page.markup())
      },
      .get("/orders.json", .readOrders) { visit in
        let query = try OrderQuery(visit.request)
        let (orders, next) = OrderQuery.page(try await visit.ledger.orders(query.filter))
        return .json(Documents.orders(orders, next: next))
      },
      .get("/orders/{order}", .readOrders) { visit in
        // The rest is the id, whatever it holds: a slash in it came percent-encoded.
        let id = visit["order"]
        if id.hasSuffix(".json") {
          guard let story = try await OrderStory.read(String(id.dropLast(5)), from: visit.ledger)
          else { throw PageProblem.notFound("There is no order “\(id.dropLast(5))”.") }
          return .json(Documents.order(story))
        }
        guard let story = try await OrderStory.read(id, from: visit.ledger) else {
          throw PageProblem.notFound("We do not know an order “\(id)”.")
        }
        return try await visit.page(
          story.order.orderID, in: .orders, OrderPage(story: story, moments: visit.moments).markup()
        )
      },
      .get("/effects", .readOrders) { visit in
        let name = visit.request.query("state")
        let chosen = name.flatMap { EffectState(rawValue: $0) }
        if let name, !name.isEmpty, chosen == nil {
          throw PageProblem.unclear("There is no state “\(name)”.")
        }
        let limit = chosen == nil ? EffectsPage.listed : EffectsPage.listedOfOne
        var groups: [(state: EffectState, effects: [EffectSummary])] = []
        for state in chosen.map({ [$0] }) ?? EffectState.byUrgency {
          let effects = try await visit.ledger.effects(EffectFilter(state: state, limit: limit))
          groups.append((state, effects))
        }
        let page = EffectsPage(
          counts: try await visit.ledger.counts(), chosen: chosen, groups: groups,
          moments: visit.moments)
        return try await visit.page("Effects", in: .orders, page.markup())
      },
    ])
}
