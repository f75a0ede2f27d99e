public import Kit

extension OrderRow {
  /// The payload of an outbox row.
  public var json: JSON {
    [
      "order_id": .string(orderID), "date": .string(date), "customer": .string(customer),
      "phone": .string(phone), "items": .string(items), "total_qty": .int(totalQuantity),
      "status": .string(status), "source": .string(source), "notes": .string(notes),
      "version": .int(version),
    ]
  }

  /// `nil` when there is no order id. Any other member may be missing: an older payload still reads.
  public init?(json: JSONValue) {
    guard let id = json["order_id"]?.string, !SheetTable.key(SheetCell.inert(id).text).isEmpty
    else { return nil }
    func text(_ name: String) -> String { json[name]?.text ?? "" }
    self.init(
      orderID: id, date: text("date"), customer: text("customer"), phone: text("phone"),
      items: text("items"), totalQuantity: json["total_qty"]?.int ?? 0, status: text("status"),
      source: text("source"), notes: text("notes"), version: json["version"]?.int ?? 0)
  }
}
