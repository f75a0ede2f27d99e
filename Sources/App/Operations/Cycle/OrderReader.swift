import Kit
import Mirakl
import Orders

/// Reads orders back from one shop: as many as wait at that moment in one OR11 call (100 at most),
/// and few calls at once, which is what the marketplace asks of its clients.
struct OrderReader: Sendable {
  /// Orders of one OR11 call (Mirakl contract, section 3.1).
  static let idsMax = 100

  struct Reading: Sendable {
    var order: IncomingOrder?
    var call: CallRecord
    var error: OutsideError?
  }

  private let coalescer: Coalescer<Reading>

  init(client: MiraklClient, callsMax: Int) {
    coalescer = Coalescer(batchMax: Self.idsMax, readsMax: callsMax) { ids in
      let answer = await client.orders(.orders(ids))
      let record = answer.call.with(subjects: ids)
      switch answer.result {
      case .failure(let error):
        return { _ in Reading(order: nil, call: record, error: error) }
      case .success(let page):
        var found: [String: IncomingOrder] = [:]
        for order in page.orders {
          if let incoming = IncomingOrder(order) { found[incoming.orderID] = incoming }
        }
        let orders = found
        return { Reading(order: orders[$0], call: record, error: nil) }
      }
    }
  }

  func read(_ orderID: String) async -> Reading { await coalescer.read(orderID) }
}
