import Kit
import Ledger
import Operations
import Orders
import Sandbox
import Testing

@Suite struct `Hostile files` {
  /// One order, whole but for what the case puts in.
  static func order(
    id: String = #""H-1""#, state: String = #""WAITING_ACCEPTANCE""#, price: String = "10.00",
    quantity: String = "1", title: String = #""A thing""#, rest: String = ""
  ) -> String {
    """
    {"order_id":\(id),"order_state":\(state),"total_price":\(price),"currency_iso_code":"CAD",\
    "created_date":"2026-01-05T10:00:00Z","last_updated_date":"2026-01-05T10:00:00Z",\
    "order_lines":[{"order_line_id":"L-1","offer_sku":"SKU","quantity":\(quantity),\
    "product_title":\(title)}]\(rest)}
    """
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// Whether something of it is kept; `nil` where both will do.
    let isKept: Bool?

    init(_ name: String, _ text: String, isKept: Bool? = true) {
      self.name = name
      bytes = Array(text.utf8)
      self.isKept = isKept
    }

    init(_ name: String, bytes: [UInt8], isKept: Bool? = true) {
      self.name = name
      self.bytes = bytes
      self.isKept = isKept
    }

    var testDescription: String { name }
  }

  /// Letters that no compression makes short.
  private static func letters(_ count: Int) -> String {
    var state: UInt64 = 7
    return String(
      decoding: (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(ascii: "A") + UInt8((state >> 33) % 26)
      }, as: UTF8.self)
  }

  static let cases: [Case] = [
    Case("a null character in a title", order(title: #""a\u0000b""#)),
    Case("a null character in the id", order(id: #""H\u0000-1""#)),
    Case("a null character in a state", order(state: #""SHIP\u0000PING""#)),
    Case("a null character in a SKU", order().replacing(#""SKU""#, with: #""S\u0000KU""#)),
    Case("a null character in the currency", order().replacing(#""CAD""#, with: #""C\u0000""#)),
    Case("a null character in a line's id", order().replacing(#""L-1""#, with: #""L\u0000""#)),
    Case(
      "a line's number of 1e18",
      order().replacing(#""product_title""#, with: #""order_line_index":1e18,"product_title""#)),
    Case("a lone surrogate in a title", order(title: #""\ud800""#)),
    Case("a lone surrogate in the id", order(id: #""H-\udfff""#)),
    Case("a lone surrogate in a name", order(rest: #","\ud83d":1"#)),
    Case("a price of 1e999999", order(price: "1e999999")),
    Case("a price of -1e-999999", order(price: "-1e-999999")),
    Case("a price of ten thousand digits", order(price: String(repeating: "9", count: 10_000))),
    Case("a price of 1e300", order(price: "1e300")),
    Case("a quantity of 1e999999", order(quantity: "1e999999")),
    Case("a quantity of 1e18", order(quantity: "1e18")),
    Case("a quantity below zero", order(quantity: "-3")),
    Case("an unknown number of 1e999999", order(rest: #","x":1e999999"#)),
    Case("100,000 brackets", String(repeating: "[", count: 100_000), isKept: false),
    Case(
      "100,000 brackets in an order",
      order(
        rest: ",\"x\":" + String(repeating: "[", count: 100_000)
          + String(repeating: "]", count: 100_000)), isKept: false),
    Case(
      "100,000 objects in each other", String(repeating: #"{"a":"#, count: 100_000), isKept: false),
    Case("an id that is a number", order(id: "17")),
    Case("an id that is an object", order(id: "{}")),
    Case("an id that is null", order(id: "null")),
    Case("an id that is empty", order(id: #""""#)),
    Case(
      "an id of 100,000 letters", order(id: "\"" + String(repeating: "x", count: 100_000) + "\"")),
    Case("an id of 20,000 letters that do not repeat", order(id: "\"\(letters(20_000))\"")),
    Case("an id with quotes and lines", order(id: #""H'; drop table orders; --\n""#)),
    Case("a state that is a number", order(state: "5")),
    Case("a state that is an object", order(state: #"{"SHIPPING":1}"#)),
    Case("a title that is a list", order(title: "[1,2]")),
    Case("lines that are an object", #"{"order_id":"H-1","order_lines":{"a":1}}"#),
    Case("lines of wrong kinds", #"{"order_id":"H-1","order_lines":[1,null,"x",[]]}"#),
    Case(
      "the same line twice",
      #"{"orders":[{"order_id":"H-1","order_state":"WAITING_ACCEPTANCE","order_lines":[{"order_line_id":"L","offer_sku":"S","quantity":1},{"order_line_id":"L","offer_sku":"S","quantity":1}]}]}"#
    ),
    Case("names twice", #"{"order_id":"H-1","order_id":"H-2","order_lines":[]}"#),
    Case(
      "dates that are none",
      #"{"order_id":"H-1","order_state":"SHIPPED","created_date":"yesterday","last_updated_date":"99999-99-99T99:99:99Z"}"#
    ),
    Case(
      "a date far away",
      #"{"order_id":"H-1","order_state":"SHIPPED","created_date":"9999-12-31T23:59:59Z","last_updated_date":"0001-01-01T00:00:00Z","shipping_deadline":"9999-12-31T23:59:59Z"}"#
    ),
    Case("orders of wrong kinds", #"{"orders":[1,null,"x",[],{}],"total_count":"many"}"#),
    Case("orders that are an object", #"{"orders":{"order_id":"H-1"}}"#, isKept: nil),
    Case("an address of wrong kinds", order(rest: #","customer":{"shipping_address":[1,2]}"#)),
    Case("a byte order mark", bytes: [0xEF, 0xBB, 0xBF] + Array(order().utf8), isKept: nil),
    Case(
      "bytes that are no UTF-8",
      bytes: Array(#"{"order_id":"H-"#.utf8) + [0xFF, 0xFE] + Array(#"","order_lines":[]}"#.utf8),
      isKept: nil),
    Case(
      "an overlong zero",
      bytes: Array(#"{"order_id":"H-"#.utf8) + [0xC0, 0x80] + Array(#"","order_lines":[]}"#.utf8),
      isKept: nil),
    Case("nothing", "", isKept: false),
    Case("null", "null", isKept: false),
    Case("an end in the middle", String(order().dropLast(40)), isKept: false),
    Case("more after the end", order() + "}", isKept: false),
    Case("an empty list", #"{"orders":[]}"#, isKept: false),
  ]

  @Test func `hostile files are stored or refused, and the good order beside them is taken`()
    async throws
  {
    try await House.with { house in
      for hostile in Self.cases {
        var report = PullReport()
        do {
          report = try await house.puller().take(saved: hostile.bytes)
        } catch is OutsideError {
        } catch {
          Issue.record("\(hostile.name): \(error)")
        }
        let kept = report.new + report.changed + report.unchanged + report.unreadable
        if let isKept = hostile.isKept {
          #expect((kept > 0) == isKept, "\(hostile.name): \(report)")
        }
        #expect(report.problem == nil, "\(hostile.name)")
      }
      let before = try await house.orders().count
      let good = house.sandbox.addOrders(count: 1)[0].id
      let saved = String(decoding: try await house.savedAnswer(), as: UTF8.self)
      let goodOrder = try #require(
        try? JSONValue.parse(Array(saved.utf8))["orders"]?.elements.first)
      // Beside a bad neighbour in the same list.
      let list = "[\(Self.order(id: #""N-\u0000""#, price: "1e999999")),\(goodOrder.rawText)]"
      _ = try await house.puller().take(saved: Array(list.utf8))
      #expect(try await house.orders().count > before)
      try await house.work { try await house.status(good) == .shipped }
      expectShippedOnce(house, [good])
    }
  }

  @Test func `an order that the database would refuse does not stop the pull`() async throws {
    try await House.with { plan in
      // Each order is a page of its own.
      plan.pull.pageSize = 1
    } _: { house in
      let poison = Self.order(id: #""P-1""#, title: #""a\u0000b""#)
      try #require(house.sandbox.addOrder(try JSONValue.parse(Array(poison.utf8))))
      let ids = house.sandbox.addOrders(count: 3).map(\.id)
      try await shipped(house, ids)
      let kept = try await house.count(
        "(select count(*) from orders where order_id = 'P-1') + (select count(*) from unreadable_orders)"
      )
      #expect(kept == 1)
    }
  }
}
