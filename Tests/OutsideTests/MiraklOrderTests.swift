import Kit
import Mirakl
import Testing

@Suite("Orders as they come")
struct MiraklOrderTests {
  static let order = #"""
    { "order_id" : "270000123-A", "commercial_id" : "270000123", "order_state" : "SHIPPING",
      "created_date" : "2026-03-04T15:06:07Z", "last_updated_date" : "2026-03-04T15:06:07.089Z",
      "shipping_deadline" : "2026-03-07T04:59:59.999Z", "acceptance_decision_date" : null,
      "currency_iso_code" : "CAD", "total_price" : 29.9800, "shipping_type_code" : "E",
      "shipping_tracking" : "", "can_cancel" : "false", "something_new" : [ { "x" : 1 } ],
      "customer" : { "customer_id" : "robin@example.com", "firstname" : "Robin",
        "lastname" : "Exemple", "locale" : "fr_CA",
        "shipping_address" : { "firstname" : "Zoé", "lastname" : "Côté", "street_1" : "1, rue Été",
          "street_2" : "", "city" : "Montréal", "state" : "Québec", "zip_code" : "h2x 1y4",
          "country" : "Canada", "country_iso_code" : "CAN", "phone_secondary" : "555-010-0100" } },
      "order_lines" : [ { "order_line_id" : 9007199254740993, "order_line_index" : 1,
        "offer_sku" : "CBL-2M", "quantity" : "2", "price_unit" : "14.99", "price" : 29.98,
        "product_title" : "USB-C cable \"2 m\"", "order_line_state" : "A_NEW_STATE" } ] }
    """#

  private func page(_ text: String, max: Int = 100) throws -> MiraklOrderPage {
    try MiraklOrderPage.page(from: Array(text.utf8), max: max)
  }

  @Test("an order is read with mixed fractions, strings for numbers and unknown members")
  func lenient() throws {
    let order = try #require(try page(#"{"orders":[\#(Self.order)],"total_count":1}"#).orders.first)
    #expect(order.orderID == "270000123-A")
    #expect(order.state == "SHIPPING")
    #expect(order.lastUpdated?.iso8601 == "2026-03-04T15:06:07.089Z")
    #expect(order.shippingDeadline?.iso8601 == "2026-03-07T04:59:59.999Z")
    #expect(order.acceptanceDecided == nil)
    #expect(order.totalPrice == "29.9800")
    #expect(order.trackingNumber == nil)
    #expect(order.canCancel == false)
    #expect(order.customer?.locale == "fr_CA")
    #expect(order.shippingAddress?.lastName == "Côté")
    #expect(order.shippingAddress?.street2 == nil)
    #expect(order.shippingAddress?.phone == nil)
    #expect(order.shippingAddress?.phoneSecondary == "555-010-0100")
    let line = try #require(order.lines.first)
    #expect(line.id == "9007199254740993")
    #expect(line.quantity == 2)
    #expect(line.unitPrice == "14.99")
    #expect(line.title == "USB-C cable \"2 m\"")
    #expect(order.problems == [])
    #expect(order.raw == Array(Self.order.utf8.drop { $0 == 32 }))
  }

  @Test("a page, a bare list and a single order come through one door")
  func shapes() throws {
    #expect(try page(#"{"orders":[\#(Self.order)],"total_count":1}"#).orders.count == 1)
    #expect(try page("[\(Self.order),\(Self.order)]").orders.count == 2)
    #expect(try MiraklOrderPage.orders(saved: Array(Self.order.utf8)).count == 1)
  }

  @Test("what is neither page nor order is an error, never an empty list")
  func notOrders() {
    for text in [
      "", "null", "7", "\"orders\"", "{}", #"{"orders":null}"#, #"{"orders":{}}"#,
      #"{"message":"maintenance","status":200}"#, "<html><body>502</body></html>",
      #"{"orders":[{"order_id":"1"}"#, "{\"orders\":[]}garbage",
      String(repeating: "[", count: 100_000),
    ] {
      #expect(throws: OutsideError.self, "\(text.prefix(40))") { try page(text) }
    }
  }

  @Test("one odd order spoils no others and says what is wrong with it")
  func oddOnes() throws {
    let odd = #"""
      {"orders":[7, null, "x", {}, {"order_id":"","order_state":3,"order_lines":"none"},
      {"order_id":"A","order_state":"SHIPPING","order_lines":[]},
      {"order_id":"B","order_state":"SHIPPING","order_lines":[null,{"order_line_id":{},
        "offer_sku":null,"quantity":-1},{"order_line_id":"1","offer_sku":"s","quantity":1e400},
        {"order_line_id":"1","offer_sku":"s","quantity":99999999999999999999}]},
      \#(Self.order)],"total_count":8}
      """#
    let orders = try page(odd).orders
    #expect(orders.count == 8)
    #expect(orders[0].problems.map(\.field) == ["order"])
    #expect(orders[3].problems.map(\.field) == ["order_id", "order_state", "order_lines"])
    #expect(orders[4].problems.map(\.problem) == ["missing", "of a wrong type", "of a wrong type"])
    #expect(orders[5].problems == [FieldProblem(field: "order_lines", problem: "empty")])
    let fields = orders[6].problems.map(\.field)
    #expect(fields.contains("order_lines[0].order_line_id"))
    #expect(fields.contains("order_lines[1].order_line_id"))
    #expect(fields.contains("order_lines[1].quantity"))
    #expect(fields.contains("order_lines[2].quantity"))
    #expect(fields.contains("order_lines[3].order_line_id"))
    #expect(orders[7].problems == [])
  }

  @Test("a null address, and one without street and city, is none")
  func addresses() throws {
    for address in ["null", "[]", "{}", #"{"street_1":"","city":"","lastname":"X"}"#] {
      let text = #"{"order_id":"1","customer":{"shipping_address":\#(address)}}"#
      #expect(try page(text).orders.first?.shippingAddress == nil)
    }
  }

  @Test("paging ends with the last order, also when the total is wrong or missing")
  func paging() throws {
    func next(_ count: Int, _ total: String, offset: Int = 0) throws -> Int? {
      let orders = Array(repeating: "{}", count: count).joined(separator: ",")
      let text = #"{"orders":[\#(orders)]\#(total)}"#
      return try MiraklOrderPage.page(from: Array(text.utf8), offset: offset, max: 10).nextOffset
    }
    #expect(try next(10, #","total_count":25"#) == 10)
    #expect(try next(10, #","total_count":25"#, offset: 10) == 20)
    #expect(try next(5, #","total_count":25"#, offset: 20) == nil)
    #expect(try next(0, #","total_count":25"#, offset: 20) == nil)
    #expect(try next(10, "") == 10)
    #expect(try next(9, "") == nil)
    #expect(try next(10, #","total_count":"many""#) == 10)
    #expect(try next(10, #","total_count":-1"#) == 10)
    #expect(try next(3, #","total_count":1e300"#) == nil)
  }
}
