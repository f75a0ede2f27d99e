import Kit
import Ledger
import Orders
import Sandbox

/// What happened, order by order, and whether each ended as it should.
struct Story {
  /// How an order of a kind should end.
  enum Ending {
    case shipped, cancelled, cancelledAndVoided, acceptanceFailed, needsPerson

    init(of kind: OrderKind) {
      switch kind {
      case .cancelledBeforeAccept, .cancelledAfterAccept, .refused: self = .cancelled
      case .cancelledAfterLabel: self = .cancelledAndVoided
      case .neverAccepts, .acceptRefused: self = .acceptanceFailed
      case .tooLongAddress: self = .needsPerson
      default: self = .shipped
      }
    }

    /// Our ledger says so, and the sandbox, which is believed, agrees.
    func isReached(by order: OrderSummary, tally: SandboxTally.Order?) -> Bool {
      guard let tally else { return false }
      switch self {
      case .shipped:
        return order.status == .shipped && tally.ships == 1 && tally.labelsLive == 1
          && tally.accepts == 1
      case .cancelled:
        return order.status == .cancelled && tally.labelsBought == 0 && tally.ships == 0
      case .cancelledAndVoided:
        return order.status == .cancelled && tally.labelsLive == 0 && tally.ships == 0
      case .acceptanceFailed:
        return order.status == .acceptanceFailed && tally.labelsBought == 0 && tally.ships == 0
      case .needsPerson:
        return order.status == .accepted && order.needs != nil && tally.labelsBought == 0
      }
    }
  }

  let orders: [OrderSummary]
  let kinds: [String: OrderKind]
  let tally: SandboxTally
  let took: Duration
  let labelsFolder: String

  private func isFine(_ order: OrderSummary) -> Bool {
    Ending(of: kinds[order.orderID] ?? .single).isReached(
      by: order, tally: tally.orders[order.orderID])
  }

  var isFine: Bool {
    orders.count == kinds.count && orders.allSatisfy(isFine) && tally.violations.isEmpty
  }

  var text: String {
    let rows = orders.sorted { $0.orderID < $1.orderID }.map { order -> [String] in
      [
        order.orderID, kinds[order.orderID]?.rawValue ?? "?", order.acceptedAt?.clock ?? "-",
        order.trackingPIN ?? "-", order.labelPath.map(shortLabel) ?? "-",
        order.shippedAt?.clock ?? "-",
        (isFine(order) ? "" : "WRONG: ") + ending(order),
      ]
    }
    var text =
      "\n"
      + Table.text(
        ["order", "kind", "accepted", "PIN", "label", "shipped", "ended"], rows)
    let totals = tally.totals
    text += """


      The sandbox counted: \(totals.orders) orders, \(totals.accepts) accepts, \(totals.labelsBought) labels bought, \
      \(totals.voids) voided, \(totals.labelsLive) live, \(totals.ships) ships.

      """
    for violation in tally.violations {
      text += "VIOLATION \(violation.name): \(violation.order) \(violation.detail)\n"
    }
    let fine = orders.count(where: isFine)
    text += "\(fine) of \(kinds.count) orders ended as they should, in \(took.tenths) s.\n"
    return text
  }

  private func ending(_ order: OrderSummary) -> String {
    switch order.status {
    case .shipped, .cancelled: order.statusName
    default: order.statusName + (order.needs ?? order.parkedReason).map { ": " + $0 }.orEmpty
    }
  }

  private func shortLabel(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return "labels/\(name.prefix(1))/\(name.prefix(10))….pdf"
  }
}

extension Optional where Wrapped == String {
  var orEmpty: String { self ?? "" }
}

extension Timestamp {
  /// `07:30:00.123`.
  var clock: String { String(iso8601.dropFirst(11).prefix(12).filter { $0 != "Z" }) }
}

extension Duration {
  var tenths: String { "\(Double((seconds * 10).rounded()) / 10)" }
}
