import Effects
import HTTP
import Ledger
import PackingBench
import People

extension Room {
  /// Every order, with its whole story; and what is still open outside.
  static let orders = Room(
    "Orders", at: .orders, sees: .readOrders,
    icon: "M5 3h14v18l-3-2-2 2-2-2-2 2-2-2-3 2zm3 5v2h8V8zm0 4v2h8v-2z",
    routes: [
      .get("/orders", .readOrders) { visit in
        let query = try OrderQuery(visit.request)
        let page = OrdersPage(
          query: query, situation: try await visit.services.situation(),
          page: try await visit.ledger.page(of: query.orders), moments: visit.moments)
        return try await visit.page("Orders", in: .orders, page.markup())
      },
      .get("/orders.json", .readOrders) { visit in
        .json(Documents.orders(try await visit.ledger.page(of: OrderQuery(visit.request).orders)))
      },
      .get("/orders/{order}", .readOrders) { visit in
        // The rest is the id, whatever it holds: a slash in it came percent-encoded.
        let isDocument = visit["order"].hasSuffix(".json")
        let id = isDocument ? String(visit["order"].dropLast(5)) : visit["order"]
        guard let story = try await OrderStory.read(id, from: visit.ledger) else {
          throw PageProblem.notFound("We do not know an order “\(id)”.")
        }
        if isDocument { return .json(Documents.order(story)) }
        let threads =
          visit.can(.readInbox) ? try await visit.ledger.threads(about: story.row.orderID) : []
        let refusal =
          story.detail.label == nil
          ? nil : try await visit.services.packing.labelRefusal(ofOrder: story.row.orderID)
        return try await visit.page(
          story.row.orderID, in: .orders,
          OrderPage(visit: visit, story: story, threads: threads, labelRefusal: refusal).markup())
      },
      .get("/orders/{order}/label.pdf", .readLabels) { try await OrderActs.label($0) },
      .post("/orders/{order}/print", .readLabels) { try await OrderActs.print($0) },
      .post("/orders/{order}/hold", .actOnOrders) { try await OrderActs.hold($0) },
      .post("/orders/{order}/release", .actOnOrders) { try await OrderActs.release($0) },
      .post("/orders/{order}/retry", .actOnOrders) { try await OrderActs.retry($0) },
      .post("/orders/{order}/accept", .actOnOrders) { try await OrderActs.accept($0) },
      .post("/orders/{order}/cancel", .actOnOrders) { try await OrderActs.cancel($0) },
      .post("/orders/{order}/message", .answerCustomers) { try await OrderTalk.write($0) },
      .post("/orders/{order}/void", .actOnOrders) { try await OrderActs.void($0) },
      .post("/orders/{order}/move/{status}", .actOnOrders) { try await OrderActs.move($0) },
      .get("/failures", .readOrders) { visit in
        let failures = try await visit.ledger.openFailures(limit: FailuresPage.listed)
        let page = FailuresPage(visit: visit, failures: failures)
        return try await visit.page("Failures", in: .orders, page.markup())
      },
      .post("/failures/{failure}/done", .actOnOrders) { try await FailureActs.done($0) },
      .get("/effects", .readOrders) { visit in
        let name = visit.request.query("state")
        let chosen = name.flatMap { EffectState(rawValue: $0) }
        if let name, !name.isEmpty, chosen == nil {
          throw PageProblem.unclear("There is no state “\(name)”.")
        }
        let limit = chosen == nil ? EffectsPage.listed : EffectsPage.listedOfOne
        var groups: [(state: EffectState, effects: [EffectSummary])] = []
        let counts = try await visit.services.situation().effects
        for state in chosen.map({ [$0] }) ?? EffectState.byUrgency {
          // Of a settled state nothing is counted.
          if EffectState.byUrgency.contains(state), counts[state.rawValue] == nil { continue }
          let effects = try await visit.ledger.effects(EffectFilter(state: state, limit: limit))
          groups.append((state, effects))
        }
        let page = EffectsPage(
          counts: counts, chosen: chosen, groups: groups, moments: visit.moments)
        return try await visit.page("Effects", in: .orders, page.markup())
      },
    ])
}
