import Ledger
import Orders

/// Lines that were taken back outside while their order is still to be shipped.
extension CycleDecisions {
  /// Holds the order, once for the same lines, and tells a person which: what was stored of them would be
  /// packed, shipped and taken from stock as it was sold. Whoever releases it has said that it goes on.
  mutating func noticeLines(
    of incoming: IncomingOrder, _ order: inout OrderSnapshot, correlationID: String?
  ) {
    guard order.status == .accepted || order.status == .labelCreated else { return }
    let lines = incoming.lines.filter { $0.takenBack != nil }
    guard !lines.isEmpty else { return }
    guard let told = locked.told else {
      changes.asksWhatWasTold.append(order.orderID)
      return
    }
    let details = Self.notice(of: lines)
    let orderID = order.orderID
    let isKnown =
      told[orderID]?.contains(details) == true
      || changes.failures.contains { $0.orderID == orderID && $0.details == details }
    guard !isKnown else { return }
    add(
      ProcessFailure(
        processName: ProcessFailure.lines, orderID: orderID, effectID: nil, details: details,
        correlationID: correlationID))
    guard !order.isHeld else { return }
    order.isHeld = true
    let numbers = lines.map { "\($0.index)" }.joined(separator: ", ")
    changes.holds.append(
      OrderHold(
        orderID: orderID, reason: "taken back at the marketplace: line \(numbers)",
        actor: HistoryEntry.ourselves))
  }

  /// What the order was held for asks nobody any more: it was released, or it is over.
  mutating func settleHold(of orderID: String, by actor: String) {
    for process in ProcessFailure.ofHolds { settle(process, of: orderID, by: actor) }
  }

  mutating func settle(_ process: String, of orderID: String, by actor: String) {
    changes.settled.append(
      SettledFailures(processName: process, orderID: orderID, actor: actor))
  }

  /// The same words for the same lines: by them it is known what a person was told.
  private static func notice(of lines: [IncomingOrder.Line]) -> String {
    let list = lines.map { line in
      "line \(line.index) (\(line.sku ?? line.id)): \(line.takenBack ?? "")"
    }
    return """
      taken back at the marketplace: \(list.joined(separator: "; ")). The order is held. To send the rest \
      release it, pack without these and book their parts as returned when it is shipped; if nothing is \
      left, cancel it
      """
  }
}
