import Inventory
import Kit
import Ledger
import Sandbox
import Stock
import Synchronization
import Testing

extension House {
  private static let sold = Atomic(0)

  var inventory: Inventory { Inventory(ledger: ledger) }

  /// A laptop LAP-IN with two RAM and one SSD, sold as LAP, and so many parts on the shelf.
  func stockLaptop(ram: Int64, ssd: Int64, price: Int64? = nil) async throws {
    _ = try await ledger.save([
      ComponentDraft(code: "RAM", name: "RAM 8 GB", type: "RAM", barcode: "4006381333931"),
      ComponentDraft(code: "SSD", name: "SSD 1 TB", type: "SSD", asksSerial: true),
    ])
    try await ledger.save(
      VariantDraft(
        internalSKU: "LAP-IN", title: "Laptop", baseModel: "X1", bill: [("RAM", 2), ("SSD", 1)]))
    _ = try await ledger.map(
      MappingDraft(shopSKU: "LAP", internalSKU: "LAP-IN", price: price), by: "tester")
    try await receive("RAM", ram)
    try await receive("SSD", ssd)
  }

  func receive(_ code: String, _ pieces: Int64) async throws {
    let part = try #require(try await ledger.component(code))
    _ = try await ledger.book(
      [PartBooking(componentID: part.id, delta: pieces, kind: .received)], by: "tester")
  }

  /// An order of this SKU at the marketplace, with a further line for each of the others.
  func sell(
    _ sku: String, and others: [String] = [], units: Int = 1, lines: Int = 1,
    price: String = "100.00"
  ) -> String {
    let skus = Array(repeating: sku, count: lines) + others
    let number = Self.sold.add(1, ordering: .relaxed).newValue
    let id = "SOLD-\(number)-A"
    let line = { (index: Int) in
      """
      {"order_line_id": "\(id)-\(index)", "order_line_index": \(index), "offer_sku": "\(skus[index - 1])",
       "product_title": "Laptop", "quantity": \(units), "price_unit": \(price),
       "price": \(price), "order_line_state": "WAITING_ACCEPTANCE"}
      """
    }
    let text = """
      {"order_id": "\(id)", "order_state": "WAITING_ACCEPTANCE", "currency_iso_code": "CAD",
       "total_price": \(price), "created_date": "\(Timestamp.now().iso8601)",
       "last_updated_date": "\(Timestamp.now().iso8601)", "shipping_type_code": "S",
       "customer": {"customer_id": "C-1", "firstname": "Ada", "lastname": "Example",
         "shipping_address": {"firstname": "Ada", "lastname": "Example", "street_1": "1 Main St",
           "city": "Halifax", "state": "NS", "zip_code": "B3J1A1", "country": "CA",
           "country_iso_code": "CAN", "phone": "9025550100"}},
       "order_lines": [\((1...skus.count).map(line).joined(separator: ","))]}
      """
    guard let json = try? JSONValue.parse(Array(text.utf8)), sandbox.addOrder(json) else {
      Issue.record("the sandbox did not take the order")
      return id
    }
    return id
  }

  /// `CODE on hand/reserved` of each component.
  func stock() async throws -> [String] {
    try await ask(
      """
      select c.code || ' ' || s.on_hand || '/' || s.reserved
      from components c join component_stock s on s.component_id = c.id order by c.code
      """
    ).compactMap { $0 }
  }

  /// On hand is the sum of the movements, reserved is what open orders hold, and nothing else holds.
  func checkStock(at location: SourceLocation = #_sourceLocation) async throws {
    let wrong = try await ask(
      """
      select c.code from components c join component_stock s on s.component_id = c.id
      where s.on_hand <> (select coalesce(sum(delta), 0) from stock_movements m
          where m.component_id = c.id)
        or s.reserved <> (select coalesce(sum(p.reserved), 0) from order_line_parts p
          join orders o using (order_id) where p.component_id = c.id and o.is_open)
        or s.reserved <> (select coalesce(sum(p.reserved), 0) from order_line_parts p
          where p.component_id = c.id)
      """)
    #expect(wrong.isEmpty, sourceLocation: location)
  }
}
