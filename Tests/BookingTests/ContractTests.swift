import Booking
import Cryptography
import Kit
import Testing

@Suite("The contract")
struct ContractTests {
  static func request(_ payload: String, version: String = "1.0") throws -> JSONValue {
    try JSONValue.parse(
      Array(#"{"version":"\#(version)","action":"create_order","payload":\#(payload)}"#.utf8))
  }

  static let good = """
    {"user_id":"tea-house","customer_name":"Robin","customer_phone":"+1 (902) 555-0199",
    "items":[{"name":"Green tea","quantity":2}],"source":"ai","notes":"yes, confirmed"}
    """

  @Test("a good request is read, and its phone has digits only")
  func good() throws {
    let order = try OrderRequest(try Self.request(Self.good))
    #expect(order.businessID == "tea-house")
    #expect(order.customerPhone == "+19025550199")
    #expect(order.lines == [RequestedLine(itemID: nil, name: "Green tea", quantity: 2)])
    #expect(order.source == .ai)
    #expect(!order.allowsDuplicate)
  }

  @Test("everything that is wrong is told at once, each with its place")
  func allAtOnce() throws {
    let json = try Self.request(
      """
      {"user_id":7,"customer_name":" ","customer_phone":"902-555","surprise":1,
      "items":[{"name":"a","quantity":0},{"quantity":1000000000},{"name":"b","quantity":-1},
      {"name":"c","quantity":"2"},{"name":"d","quantity":1.5},{"name":"e\\u0007","quantity":1}]}
      """, version: "2.0")
    let error = #expect(throws: BookingError.self) { try OrderRequest(json) }
    let found = Dictionary(
      (error?.problems ?? []).map { ($0.path, $0.code) }, uniquingKeysWith: { one, _ in one })
    #expect(
      found == [
        "$.version": .notAllowed, "$.payload.user_id": .type, "$.payload.customer_name": .format,
        "$.payload.customer_phone": .tooShort, "$.payload.surprise": .unknown,
        "$.payload.items[0].quantity": .range, "$.payload.items[1].quantity": .range,
        "$.payload.items[1].name": .missing, "$.payload.items[2].quantity": .range,
        "$.payload.items[3].quantity": .type, "$.payload.items[4].quantity": .type,
        "$.payload.items[5].name": .format,
      ])
  }

  @Test(
    "phones of fewer than ten digits, and what is none",
    arguments: [
      "902555019", "          ", "++19025550199", "90255501990x", "1234567890123456",
      "٩٠٢٥٥٥٠١٩٩٩", "902 555 01", "",
    ])
  func phones(_ phone: String) throws {
    let json = try Self.request(
      """
      {"user_id":"t","customer_name":"R","customer_phone":\(JSON.string(phone).text),
      "items":[{"name":"x","quantity":1}]}
      """)
    let error = #expect(throws: BookingError.self) { try OrderRequest(json) }
    #expect(error?.problems.map(\.path) == ["$.payload.customer_phone"])
  }

  @Test("a member given twice is refused, wherever it is")
  func twice() throws {
    let json = try Self.request(
      """
      {"user_id":"t","user_id":"u","customer_name":"R","customer_phone":"9025550199",
      "items":[{"name":"x","quantity":1,"quantity":9}]}
      """)
    let error = #expect(throws: BookingError.self) { try OrderRequest(json) }
    #expect(
      error?.problems.map(\.path) == ["$.payload.user_id", "$.payload.items[0].quantity"])
    #expect(error?.problems.allSatisfy { $0.code == .repeated } == true)
  }

  @Test("any body whatever is answered with problems, never with a trap")
  func anything() throws {
    for text in [
      "{}", "[]", "null", "1", "\"x\"", #"{"payload":null}"#, #"{"payload":[]}"#,
      #"{"payload":{"items":{}}}"#, #"{"payload":{"items":[1,null,[],"x"]}}"#,
    ] {
      let json = try JSONValue.parse(Array(text.utf8))
      #expect(throws: BookingError.self) { try OrderRequest(json) }
    }
  }

  // MARK: RFC 8785

  @Test("numbers are written as ECMAScript writes them (RFC 8785, appendix B)")
  func numbers() throws {
    for (given, wanted) in [
      ("0", "0"), ("-0", "0"), ("1.0", "1"), ("1e2", "100"), ("1E-7", "1e-7"),
      ("5e-324", "5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
      ("9007199254740992", "9007199254740992"), ("295147905179352830000", "295147905179352830000"),
      ("1e21", "1e+21"), ("9.999999999999997e22", "9.999999999999997e+22"), ("1e23", "1e+23"),
      ("999999999999999700000", "999999999999999700000"), ("0.000001", "0.000001"),
      ("333333333.33333329", "333333333.3333333"), ("-1.5", "-1.5"), ("4.50", "4.5"),
    ] {
      let value = try JSONValue.parse(Array(given.utf8))
      let bytes = try #require(CanonicalJSON.bytes(of: value))
      #expect(String(decoding: bytes, as: UTF8.self) == wanted, "\(given)")
    }
    let huge = try JSONValue.parse(Array("1e999".utf8))
    #expect(CanonicalJSON.bytes(of: huge) == nil)
  }

  @Test("members are sorted by UTF-16, strings have one spelling (RFC 8785, 3.2.3)")
  func strings() throws {
    let text = #"""
      {"\u20ac":"Euro","\r":"CR","\ufb33":"Dalet","1":"One","\ud83d\ude00":"Smiley","\u0080":"Ctrl",
      "\u00f6":"Oe","nested":{"b":[1, true,null ],"a":"\u000f\"\\\/"}}
      """#
    let value = try JSONValue.parse(Array(text.utf8))
    let bytes = try #require(CanonicalJSON.bytes(of: value))
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "{\"\\r\":\"CR\",\"1\":\"One\",\"nested\":{\"a\":\"\\u000f\\\"\\\\/\",\"b\":[1,true,null]},"
        + "\"\u{80}\":\"Ctrl\",\"ö\":\"Oe\",\"€\":\"Euro\",\"😀\":\"Smiley\",\"דּ\":\"Dalet\"}")
  }

  // MARK: Fingerprints

  @Test("two orders are the same by what counts, and by nothing else")
  func fingerprints() {
    func print(
      _ name: String = "Robin Example", _ phone: String = "+19025550199",
      lines: [(String?, String?, Int)] = [("A", nil, 1), (nil, "Tea", 2)],
      slot: String? = nil, business: String = "b"
    ) -> [UInt8] {
      Fingerprint.of(
        businessID: business, customerName: name, customerPhone: phone,
        lines: lines.map { RequestedLine(itemID: $0.0, name: $0.1, quantity: $0.2) }, slotID: slot)
    }
    let base = print()
    #expect(base.count == 32)
    #expect(print(" robin  EXAMPLE ") == base)
    #expect(print("Robin Example", "19025550199") == base)
    #expect(print(lines: [(nil, "tea", 2), ("A", nil, 1)]) == base)
    #expect(print(lines: [(nil, "tea", 1), ("A", nil, 1), (nil, " TEA", 1)]) == base)
    #expect(print(lines: [("A", nil, 3)]) == print(lines: [("A", nil, 1), ("A", nil, 2)]))
    #expect(print(lines: [("A", nil, 1), ("A", nil, 1)]) != print(lines: [("A", nil, 1)]))
    #expect(print("Robin") != base)
    #expect(print("Robin Example", "+19025550198") != base)
    #expect(print(lines: [("A", nil, 2), (nil, "Tea", 1)]) != base)
    #expect(print(lines: [("A", nil, 1)]) != base)
    #expect(print(slot: "s") != base)
    #expect(print(business: "c") != base)
    #expect(print(lines: [("A", nil, 1), (nil, "Tea;1:", 2)]) != base)
  }
}
