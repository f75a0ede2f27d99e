import Booking
import Bookings
import HTTP
import Kit
import Testing

@Suite("What should never be sent")
struct HostileTests {
  private static func body(_ name: String = "R", _ quantity: String = "1", _ more: String = "")
    -> String
  {
    #"{"version":"1.0","action":"create_order","payload":{"user_id":"tea-house","customer_name":"\#(name)","customer_phone":"9025550199","items":[{"id":"TEA-1","quantity":\#(quantity)}]\#(more)}}"#
  }

  @Test("hostile bodies are refused with what is wrong, and nothing is stored")
  func bodies() async throws {
    try await Stand.play { stand in
      var bodies: [(String, [UInt8], Int)] = [
        ("nothing", [], 400), ("no JSON", Array("{".utf8), 400),
        ("text behind", Array((Self.body() + " x").utf8), 400),
        ("not UTF-8", Array(Self.body().utf8.map { $0 == 82 ? 0xFF : $0 }), 400),
        ("overlong UTF-8", Array(Self.body("\u{1}").utf8).map { $0 == 1 ? 0xC0 : $0 }, 400),
        (
          "deep",
          Array((String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)).utf8),
          400
        ),
        (
          "deep inside",
          Array(
            Self.body(
              "R", "1",
              #","notes":"# + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
            ).utf8), 400
        ),
        ("a member twice", Array(Self.body("R", "1", #","user_id":"tea-house""#).utf8), 400),
        (
          "twice in disguise", Array(Self.body("R", "1", #","\u0075ser_id":"tea-house""#).utf8), 400
        ),
        ("unknown", Array(Self.body("R", "1", #","price":"0.01""#).utf8), 400),
        ("a price", Array(Self.body("R", #"1,"unit_price":"0.01""#).utf8), 400),
        ("not a number", Array(Self.body("R", "NaN").utf8), 400),
        ("a control", Array(Self.body("a\u{7}b").utf8), 400),
        ("NUL", Array(Self.body(#"a\u0000b"#).utf8), 400),
        ("blank", Array(Self.body("   ").utf8), 400),
        (
          "a megabyte of name", Array(Self.body(String(repeating: "x", count: 1_000_000)).utf8), 413
        ),
        ("more than a megabyte", Array(repeating: 32, count: 1_200_000), 413),
      ]
      for quantity in [
        "0", "-1", "1e9", "1000000000", "1.5", "\"1\"", "null", "true", "[]", "1e400",
        "99999999999999999999999999",
      ] {
        bodies.append(("quantity \(quantity)", Array(Self.body("R", quantity).utf8), 400))
      }
      for (name, bytes, status) in bodies {
        let answer = try await stand.send("POST", "/api/orders", bytes, as: stand.staff)
        #expect(answer.status == status, "\(name): \(answer.text.prefix(300))")
        if status == 400 {
          #expect(answer.json?["success"]?.bool == false, "\(name)")
          #expect(answer.json?["correlation_id"]?.string != nil)
          #expect(answer.json?["error"]?["must_act"]?.string == "agent")
        }
      }
      #expect(try await stand.count("orders") == 0)
      #expect(try await stand.count("idempotency_keys") == 0)
      // Numbers that are whole however they are written, and half a surrogate, are no trouble.
      let fine = try await stand.send(
        "POST", "/api/orders", Array(Self.body(#"R\ud800"#, "2.0").utf8), as: stand.staff)
      #expect(fine.status == 201, "\(fine.text)")
      try await stand.expectWhole(1)
    }
  }

  @Test("nothing of the inside is ever shown")
  func nothingInside() async throws {
    try await Stand.play { stand in
      let answers = [
        try await stand.call("GET", "/api/orders/1%27%20or%20%271%27=%271", as: stand.staff),
        try await stand.call("GET", "/api/orders/%00", as: stand.staff),
        try await stand.call("GET", "/api/drafts/not-a-uuid", as: stand.staff),
        try await stand.call("GET", "/api/nowhere", as: stand.staff),
        try await stand.call("DELETE", "/api/orders", as: stand.staff),
        try await stand.call(
          "PUT", "/api/catalogue/a%2Fb", ["name": "x", "unit_price": "1"], as: stand.staff),
        try await stand.call("GET", "/confirm/x", as: nil),
        try await stand.call("GET", "/api/orders?cursor=1.%27;drop", as: stand.staff),
      ]
      for answer in answers {
        #expect((400...499).contains(answer.status), "\(answer.text)")
        for word in ["postgres", "SQL", "select ", "Swift", ".swift", "bookings b", "PG"] {
          #expect(!answer.text.contains(word), "\(answer.text)")
        }
      }
      #expect(answers[4].status == 405)
      #expect(answers[4].headers["Allow"] == "POST, GET")
    }
  }

  @Test("errors come as problem documents for who asks for them")
  func problems() async throws {
    try await Stand.play { stand in
      let answer = try await stand.call(
        "POST", "/api/orders", request(phone: "1"), as: stand.staff,
        ["Accept": "application/problem+json"])
      #expect(answer.status == 400)
      #expect(answer.headers["Content-Type"] == "application/problem+json")
      #expect(answer.json?["status"]?.int == 400)
      #expect(answer.json?["code"]?.string == "INVALID_REQUEST")
      #expect(answer.json?["type"]?.string == "/api/docs#INVALID_REQUEST")
      #expect(answer.json?["errors"]?.elements.first?["path"]?.string == "$.payload.customer_phone")
    }
  }

  @Test("a request's id is the caller's, its trace's, or a new one; and goes into the history")
  func correlation() async throws {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    try await Stand.play { stand in
      let all: [(HTTPHeaders, String?)] = [
        (["X-Correlation-ID": "req_abc123"], "req_abc123"),
        (["traceparent": "00-\(trace)-00f067aa0ba902b7-01"], trace),
        (["traceparent": "cc-\(trace)-00f067aa0ba902b7-01-more"], trace),
        (["X-Correlation-ID": "bad id", "traceparent": "00-\(trace)-00f067aa0ba902b7-00"], trace),
        (["traceparent": "ff-\(trace)-00f067aa0ba902b7-01"], nil),
        (["traceparent": "00-\(trace)-0000000000000000-01"], nil),
        (["traceparent": "00-00000000000000000000000000000000-00f067aa0ba902b7-01"], nil),
        (["traceparent": "00-\(trace.uppercased())-00f067aa0ba902b7-01"], nil),
        (["X-Correlation-ID": String(repeating: "x", count: 129)], nil),
      ]
      for (headers, wanted) in all {
        let answer = try await stand.call("GET", "/api/orders", as: stand.staff, headers)
        let id = try #require(answer.headers["X-Correlation-ID"])
        if let wanted { #expect(id == wanted) } else { #expect(id.hasPrefix("req_")) }
        #expect(answer.json?["correlation_id"]?.string == id)
      }
      _ = try await stand.call(
        "POST", "/api/orders", request(), as: stand.staff, ["X-Correlation-ID": "req_h"])
      #expect(try await stand.one("select correlation_id from order_status_history") == "req_h")
    }
  }

  @Test("texts of customers' are data on the customer's page")
  func page() async throws {
    try await Stand.play { stand in
      let draft = try await stand.readyDraft(name: "<script>alert(1)</script>")
      try await stand.step(
        "PUT", "/api/drafts/\(draft)/details", ["notes": "\"><img src=x onerror=1>"], stand.agent)
      try await stand.step("POST", "/api/drafts/\(draft)/summary", [:], stand.agent)
      let page = try await stand.call("GET", try await stand.ask(draft), as: nil)
      #expect(page.status == 200)
      #expect(!page.text.contains("<script") && !page.text.contains("<img"))
      #expect(page.text.contains("&lt;script&gt;"))
    }
  }
}
