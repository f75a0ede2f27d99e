import BookingTail
import Kit
import OrderSheet
import Push

/// An order of the usual kind.
func order(
  _ id: String, status: String = "pending", customer: String = "Pat Example",
  notes: String = "", version: Int64 = 1
) -> OrderRow {
  OrderRow(
    orderID: id, date: "2026-11-21 08:30", customer: customer, phone: "+1 613 555 0100",
    items: "2 x Laptop sleeve", totalQuantity: 2, status: status, source: "ai", notes: notes,
    version: version)
}

func item(_ row: OrderRow, tries: Int = 0, mayBeDone: Bool = false) -> TailItem {
  TailItem(
    id: "sheets/\(row.orderID)/\(row.version)", businessID: Seller.business, kind: .sheets,
    payload: row.json.bytes, tries: tries, mayBeDone: mayBeDone)
}

func message(_ order: String) -> PushMessage {
  PushMessage(
    id: "\(order):created", orderID: order, title: "New order \(order)",
    body: "Pat Example: 2 x Laptop sleeve", link: "https://shop.example/orders/\(order)")
}

func pushItem(_ order: String, tries: Int = 0, mayBeDone: Bool = false) -> TailItem {
  TailItem(
    id: "push/\(order)", businessID: Seller.business, kind: .push,
    payload: PushPayload(message(order)).json.bytes, tries: tries, mayBeDone: mayBeDone)
}
