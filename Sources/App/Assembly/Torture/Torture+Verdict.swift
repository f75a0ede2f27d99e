import Cryptography
import Effects
import Kit
import Ledger
import Sandbox

extension Torture {
  func judge() async throws -> [Judge.Violation] {
    board.show(figures, of: orders, statuses: statuses, phase: "judging")
    guard let json = try await arena.sandbox.control("GET", "/control/tally", nil),
      let tally = SandboxTally(json: json)
    else { return [Judge.Violation(name: "no_tally", order: "", detail: "the sandbox is silent")] }
    var violations = Judge.violations(in: tally)
    var unseen = Set(tally.orders.keys)
    tallyUp(tally)
    var after = ""
    while true {
      let page = try await installation.ledger.judgedOrders(after: after, limit: Self.judgePage)
      guard let last = page.last else { break }
      after = last.orderID
      for order in page {
        unseen.remove(order.orderID)
        violations += Judge.violations(order.orderID, order, tally.orders[order.orderID])
        violations += Self.labelFile(of: order)
        figures.endings[order.status, default: 0] += 1
        figures.calls += order.calls.values.map(\.all).reduce(0, +)
        if order.effects.contains(where: { $0.state == "needs_person" || $0.state == "refused" }) {
          figures.forPeople += 1
          if tally.orders[order.orderID]?.labelsLive ?? 0 > 1 { figures.labelsRaised += 1 }
        }
      }
    }
    for id in unseen.sorted() { violations += Judge.violations(id, nil, tally.orders[id]) }
    return violations
  }

  /// What is still under way although nothing moves any more.
  func restless() async throws -> [Judge.Violation] {
    let open = try await installation.ledger.effects(EffectFilter(limit: 100_000))
    let found = open.filter(\.state.isActive).map { effect in
      Judge.Violation(
        name: "not_settled", order: effect.orderID,
        detail: "\(effect.kind) \(effect.state.rawValue), due \(effect.dueAt.iso8601), "
          + "\(effect.tries) tries: \(effect.outcome ?? "")")
    }
    let nothing = Judge.Violation(
      name: "not_settled", order: "", detail: "\(try await installation.ledger.unrest())")
    return found.isEmpty ? [nothing] : found
  }

  /// Sums of what the outside counted; a verdict begins anew.
  private func tallyUp(_ tally: SandboxTally) {
    figures.endings = [:]
    figures.calls = 0
    figures.forPeople = 0
    figures.acceptCalls = 0
    figures.ships = 0
    figures.labelsBought = 0
    figures.labelsSurplus = 0
    figures.labelsVoided = 0
    figures.labelsRaised = 0
    figures.labelsForCancelled = tally.violations.count {
      $0.name == "label_for_cancelled_order" && tally.orders[$0.order]?.labelsLive == 0
    }
    for order in tally.orders.values {
      figures.acceptCalls += order.acceptCalls
      figures.ships += order.ships
      figures.labelsBought += order.labelsBought
      figures.labelsSurplus += max(0, order.labelsBought - 1)
      figures.labelsVoided += order.voids
    }
  }

  /// The stored file is the label that the ledger names.
  private static func labelFile(of order: JudgedOrder) -> [Judge.Violation] {
    guard let path = order.shipment?.labelPath, let sha = order.shipment?.labelSHA256 else {
      return []
    }
    let bytes = Folder.bytes(of: path)
    guard !bytes.isEmpty, SHA256.hex(SHA256.hash(bytes)) == sha else {
      return [Judge.Violation(name: "label_file_wrong", order: order.orderID, detail: path)]
    }
    return []
  }
}
