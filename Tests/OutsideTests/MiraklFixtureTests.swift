import Kit
import Mirakl
import Testing

@Suite("Mirakl's own description", .enabled(if: Fixtures.areThere, "\(Fixtures.hint)"))
struct MiraklFixtureTests {
  private func description() throws -> OpenAPI {
    OpenAPI(root: try JSONValue.parse(try Fixtures.bytes("mirakl/seller-openapi.json")))
  }

  @Test("every example of the marketplace can be parsed")
  func examples() throws {
    let names = Fixtures.names(in: "mirakl/examples")
    #expect(names.count > 50)
    for name in names where name.hasSuffix(".json") {
      let bytes = try Fixtures.bytes("mirakl/examples/\(name)")
      #expect(throws: Never.self, "\(name)") { try JSONValue.parse(bytes) }
    }
  }

  @Test("the marketplace's example of a page of orders is read whole")
  func orders() throws {
    let bytes = try Fixtures.bytes("mirakl/examples/OR11-response-200-0.json")
    let page = try MiraklOrderPage.page(from: bytes)
    #expect(!page.orders.isEmpty)
    for order in page.orders {
      #expect(order.problems == [])
      #expect(order.created != nil && order.lastUpdated != nil)
      #expect(order.currency?.utf8.count == 3)
      #expect(order.totalPrice != nil)
      #expect(order.customer?.id != nil)
      #expect(order.shippingAddress?.city != nil)
      #expect(order.lines.allSatisfy { $0.id != nil && $0.sku != nil && $0.quantity != nil })
      #expect(try JSONValue.parse(order.raw)["order_id"]?.string == order.orderID)
    }
  }

  @Test("the example whose values are mere types does no harm")
  func typeOnlyOrders() throws {
    let bytes = try Fixtures.bytes("mirakl/examples/OR11-response-200-1.json")
    #expect(try MiraklOrderPage.page(from: bytes).orders.isEmpty == false)
  }

  @Test("the deprecated single order is read by the same door")
  func singleOrder() throws {
    let bytes = try Fixtures.bytes("mirakl/examples/OR12-response-200-0.json")
    #expect(try MiraklOrderPage.orders(saved: bytes).count == 1)
  }

  @Test("carriers and the account are read from the examples")
  func others() throws {
    for index in 0...1 {
      let carriers = try Fixtures.bytes("mirakl/examples/SH21-response-200-\(index).json")
      #expect(try MiraklCarrier.list(from: carriers).isEmpty == false)
      let account = try Fixtures.bytes("mirakl/examples/A01-response-200-\(index).json")
      #expect(try MiraklShop(from: account).name != nil)
    }
  }

  @Test("what we send is what the description asks for")
  func requests() throws {
    let api = try description()
    let acceptance = MiraklAcceptance.body([("270000123-A-1", true), ("270000123-A-2", false)])
    #expect(try api.problems("OR21", request: acceptance) == [])
    let registered = MiraklTracking.registered(carrierCode: "CPCL", trackingNumber: "7000")
    #expect(try api.problems("OR23", request: registered.body) == [])
    let other = MiraklTracking.unregistered(
      carrierName: "Pony \"Express\"", carrierURL: "https://pony.example/7", trackingNumber: "7")
    #expect(try api.problems("OR23", request: other.body) == [])
    for bodyless in ["OR24", "OR29"] {
      let operation = try #require(api.operation(bodyless))
      #expect(operation["requestBody"] == nil)
    }
  }

  @Test("a body with a member too many or too few is noticed by this very check")
  func theCheckChecks() throws {
    let api = try description()
    #expect(try api.problems("OR21", request: Array("{}".utf8)) == ["$.order_lines: missing"])
    let wrong = Array(#"{"order_lines":[{"id":7,"accepted":"yes","why":1}]}"#.utf8)
    #expect(try api.problems("OR21", request: wrong).count == 3)
  }

  @Test("every parameter of our queries is known to the description")
  func parameters() throws {
    // Paging is described for all operations together.
    let known = try description().parameters("OR11").union(["max", "offset"])
    var query = MiraklOrderQuery.orders(["a", "b"])
    query.startUpdateDate = Timestamp(microseconds: 1_790_000_000_123_456)
    query.endUpdateDate = query.startUpdateDate
    query.states = ["SHIPPING"]
    query.offset = 100
    for part in query.text.split(separator: "&") {
      #expect(known.contains(String(part.prefix { $0 != "=" })))
    }
    for operation in ["OR11", "OR21", "OR23", "OR24", "OR29", "SH21", "A01"] {
      #expect(try description().parameters(operation).contains("shop_id"))
    }
  }
}
