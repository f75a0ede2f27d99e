import Ledger
import Orders

/// Orders of one shop that another shop shows.
extension CycleDecisions {
  /// Tells a person, who is not told again before they are done with it: every pull shows the order anew.
  mutating func noticeStranger(
    _ known: OrderSnapshot, in shopID: String, correlationID: String?
  ) {
    let orderID = known.orderID
    guard let told = locked.told else {
      changes.asksWhatWasTold.append(orderID)
      return
    }
    let details = "shop \(shopID) shows an order that belongs to shop \(known.shopID)"
    guard told[orderID]?.contains(details) != true else { return }
    add(
      ProcessFailure(
        processName: ProcessFailure.pull, orderID: orderID, effectID: nil, details: details,
        correlationID: correlationID))
  }
}
