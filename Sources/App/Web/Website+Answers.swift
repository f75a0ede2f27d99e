import Effects
import HTTP
import Kit
import Ledger
import Postgres

extension Website {
  func overview(isStill: Bool) async throws -> HTTPResponse {
    let counts = try await ledger.counts()
    let waiting = try await ledger.orders(
      OrderFilter(needsPerson: true, limit: OverviewPage.listed + 1))
    let latest = try await ledger.orders(OrderFilter(limit: OverviewPage.listed))
    let page = OverviewPage(
      counts: counts, waiting: waiting,
      overdue: counts.overdueEffects > 0 ? try await overdue() : [], latest: latest,
      isStill: isStill, layout: layout)
    return .html(page.markup().document)
  }

  /// Asked state by state, so that what waits for people does not crowd out what is late.
  private func overdue() async throws(PostgresError) -> [EffectSummary] {
    var found: [EffectSummary] = []
    for state in EffectState.byUrgency where state.isActive {
      found += try await ledger.effects(EffectFilter(state: state, limit: OverviewPage.listed))
        .filter(\.isOverdue)
    }
    return found.sorted { $0.deadline < $1.deadline }
  }

  func orders(_ query: OrderQuery) async throws -> HTTPResponse {
    let (orders, next) = OrderQuery.page(try await ledger.orders(query.filter))
    let page = OrdersPage(
      query: query, counts: try await ledger.counts(), orders: orders, next: next, layout: layout)
    return .html(page.markup().document)
  }

  func ordersDocument(_ query: OrderQuery) async throws -> HTTPResponse {
    let (orders, next) = OrderQuery.page(try await ledger.orders(query.filter))
    return .json(Documents.orders(orders, next: next))
  }

  func order(_ id: String) async throws -> HTTPResponse {
    guard let story = try await OrderStory.read(id, from: ledger) else {
      return problem(404, "No such order", "We do not know an order “\(id)”.")
    }
    return .html(OrderPage(story: story, layout: layout).markup().document)
  }

  func orderDocument(_ id: String) async throws -> HTTPResponse {
    guard let story = try await OrderStory.read(id, from: ledger) else {
      return .json(
        ["error": ["code": "NOT_FOUND", "message": .string("no order \(id)")]], status: 404)
    }
    return .json(Documents.order(story))
  }

  func effects(_ name: String?) async throws -> HTTPResponse {
    let chosen = name.flatMap { EffectState(rawValue: $0) }
    if let name, !name.isEmpty, chosen == nil {
      throw OrderQuery.Unclear(words: "There is no state “\(name)”.")
    }
    let limit = chosen == nil ? EffectsPage.listed : EffectsPage.listedOfOne
    var groups: [(state: EffectState, effects: [EffectSummary])] = []
    for state in chosen.map({ [$0] }) ?? EffectState.byUrgency {
      groups.append((state, try await ledger.effects(EffectFilter(state: state, limit: limit))))
    }
    let page = EffectsPage(
      counts: try await ledger.counts(), chosen: chosen, groups: groups, layout: layout)
    return .html(page.markup().document)
  }

  func metricsText() async -> HTTPResponse {
    let counts = try? await ledger.counts()
    return .text(metrics.text() + Gauges.text(counts), type: "text/plain; version=0.0.4")
  }

  /// The cheapest question that only the database can answer.
  func health() async -> HTTPResponse {
    do {
      _ = try await ledger.facts(of: [])
      return .text("ok\n")
    } catch {
      return .text("\(error.description)\n", status: 503)
    }
  }
}
