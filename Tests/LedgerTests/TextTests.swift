import Cryptography
import Effects
import Kit
import Ledger
import Orders
import Postgres
import Testing

extension LedgerTests {
  /// What came from outside is stored, whatever it holds: PostgreSQL refuses U+0000 in any text, and
  /// in JSON lone surrogates and numbers beyond `numeric`.
  @Suite("Texts from outside") struct TextTests {
    static let documents: [(raw: String, stored: String)] = [
      (#"{"a": "x\u0000y"}"#, #"{"a": "x\#u{FFFD}y"}"#),
      (#"{"a\u0000": 1}"#, #"{"a\#u{FFFD}": 1}"#),
      (#"{"a": "\ud800"}"#, #"{"a": "\#u{FFFD}"}"#),
      (#"{"a": "\udc00\ud800x"}"#, #"{"a": "\#u{FFFD}\#u{FFFD}x"}"#),
      (#"{"a": "\ud83d\ude00"}"#, #"{"a": "\#u{1F600}"}"#),
      (#"{"a": "\ud83d\u0041"}"#, #"{"a": "\#u{FFFD}A"}"#),
      (#"{"a": 1e999999}"#, #"{"a": "1e999999"}"#),
      (#"{"a": [-1.5E-999999, 2]}"#, #"{"a": ["-1.5E-999999", 2]}"#),
      (#"{"a": "1e999999 \\u0000"}"#, #"{"a": "1e999999 \\u0000"}"#),
      (#"{"a": "\\\u0000"}"#, #"{"a": "\\\#u{FFFD}"}"#),
      (#"{"a": 12.50, "b": "\u00e9"}"#, #"{"a": 12.50, "b": "é"}"#),
    ]

    @Test(
      "JSON that jsonb refuses is stored repaired, in an order and in its lines",
      arguments: documents)
    func orders(raw: String, stored: String) async throws {
      try await Shop.open { shop in
        try await shop.write { changes in
          changes.add(Shop.order("o1", raw: raw), as: .pendingAcceptance)
          changes.add(Shop.order("o2"), as: .pendingAcceptance)
        }
        try await shop.write { changes in
          changes.refreshes = [OrderRefresh(order: Shop.order("o2", raw: raw), writesLines: true)]
        }
        let orders = try await shop.database.rows("select order_data(o)::text from orders o")
        #expect(orders == [stored, stored])
        let lines = try await shop.database.rows("select raw_line_data::text from order_lines")
        #expect(lines == [stored, stored])
      }
    }

    @Test("the first copy stays, the newest one is kept byte by byte")
    func copies() async throws {
      try await Shop.open { shop in
        let newest = #"{"b": 2.50,  "a": "\u00e9", "a": "again"}"#
        try await shop.write {
          $0.add(Shop.order("o1", raw: #"{"a": "first"}"#), as: .pendingAcceptance)
        }
        #expect(try await shop.newest("o1") == #"{"a": "first"}"#)
        try await shop.write { changes in
          changes.refreshes = [
            OrderRefresh(order: Shop.order("o1", raw: #"{"a": "second"}"#), writesLines: false)
          ]
        }
        try await shop.write { changes in
          changes.refreshes = [
            OrderRefresh(order: Shop.order("o1", raw: newest), writesLines: false)
          ]
        }
        #expect(try await shop.newest("o1") == newest)
        #expect(
          try await shop.database.rows(
            "select raw_order_data::text || order_data(o)::text from orders o")
            == [#"{"a": "first"}{"a": "again", "b": 2.50}"#])
      }
    }

    @Test("an absurdly long number and what is merely long")
    func long() async throws {
      try await Shop.open { shop in
        let digits = String(repeating: "9", count: 200_000)
        let raw = "{\"a\": \(digits), \"b\": \"\(digits)\"}"
        try await shop.write { $0.add(Shop.order("o1", raw: raw), as: .pendingAcceptance) }
        let stored = try await shop.ledger.rawOrder("o1")
        #expect(stored?.count == raw.utf8.count + 2)
      }
    }

    @Test("U+0000 in any text of an order is shown, and the order is kept")
    func nulInOrders() async throws {
      try await Shop.open { shop in
        try await shop.write { changes in
          let order = Shop.order("o1", title: "a\0b", state: "NEW\0", currency: "C\0")
          changes.add(order, as: .parked, reason: "unknown marketplace state NEW\0")
        }
        #expect(
          try await shop.database.rows(
            """
            select marketplace_state || ' ' || currency || ' ' || title || ' '
              || parked_reason from orders join order_lines using (order_id)
            """) == ["NEW� C� a�b unknown marketplace state NEW�"])
        try await shop.write { changes in
          let order = Shop.order("o1", title: "a\0b", state: "NEWER\0")
          changes.refreshes = [OrderRefresh(order: order, writesLines: true)]
          changes.parkedReasons = [("o1", "unknown marketplace state NEWER\0")]
        }
        #expect(try await shop.look(at: "o1")?.parkedReason == "unknown marketplace state NEWER�")
      }
    }

    @Test("U+0000 in our own words about it: causes, outcomes, failures, what cannot be read")
    func nulInWords() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        let claimed = try await shop.write {
          $0.plans = [Shop.effect(of: "o1", isClaimed: true)]
        }
        let effect = try #require(claimed.first)
        let update = EffectUpdate(effectID: effect.effectID, state: .refused, outcome: "no\0")
        let told = CallRecord.sample(
          related: "o1", url: "https://marketplace.example/?a=\0", problem: "p\0",
          responseHeaders: [("x-thing", "h\0")])
        try await shop.write(ChangeScope(orderIDs: ["o1"], calls: [told])) { changes in
          changes.move("o1", .pendingAcceptance, .acceptanceFailed, cause: "c\0")
          changes.effects = [update]
          changes.failures = [
            ProcessFailure(processName: "Accept", orderID: "o1", effectID: nil, details: "f\0")
          ]
          changes.debugLogs = [
            AcceptanceDebugLog(orderID: "o1", details: "d\0", requestPayload: nil)
          ]
          changes.unreadable = [
            UnreadableOrder(shopID: Shop.id, problem: "u\0", raw: Array("r\0".utf8), digest: [1])
          ]
        }
        #expect(
          try await shop.database.rows(
            """
            select outcome from effects union all select cause from order_status_history
            where status = 'acceptance_failed' union all select details from process_failures
            union all select details from order_acceptance_debug_logs
            union all select problem || raw from unreadable_orders
            union all select problem || (response_headers->>'x-thing') from api_calls
            """) == ["no�", "c�", "f�", "d�", "u�r�", "p�h�"])
      }
    }

    @Test("an answer to an acceptance that jsonb refuses is stored repaired")
    func attempts() async throws {
      try await Shop.open { shop in
        try await shop.add(["o1"])
        try await shop.write { changes in
          changes.attempts = [
            AcceptanceAttempt(
              orderID: "o1", number: 1, status: .failure, response: nil, callID: nil)
          ]
        }
        for (number, document) in Self.documents.enumerated() {
          try await shop.write { changes in
            changes.attempts = [
              AcceptanceAttempt(
                orderID: "o1", number: 1, status: .unknown, response: document.raw, callID: nil)
            ]
            changes.debugLogs = [
              AcceptanceDebugLog(orderID: "o1", details: "\(number)", requestPayload: document.raw)
            ]
          }
          #expect(
            try await shop.database.one(
              "select api_response::text from order_acceptance_attempts where attempt_number = \(number + 2)"
            )
              == document.stored)
          #expect(
            try await shop.database.one(
              "select raw_request_payload::text from order_acceptance_debug_logs where details = '\(number)'"
            )
              == document.stored)
        }
      }
    }

    // MARK: Bodies of calls

    private func body(_ shop: Shop) async throws -> String {
      try await shop.database.one(
        "select response_base64 || ' ' || response_bytes || ' ' || response_body from api_calls")
    }

    @Test("a text stays a text, binary is kept as base64")
    func bodies() async throws {
      let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0, 0xFF, 0xFE]
      for (bytes, expected) in [
        (Array("<a>é</a>".utf8), "false 9 <a>é</a>"), ([], "false 0 "),
        (png, "true 7 \(Base64.encode(png))"), (Array("a\0b".utf8), "true 3 YQBi"),
        ([0x61, 0xC3], "true 2 YcM="), ([0xED, 0xA0, 0x80], "true 3 7aCA"),
      ] {
        try await Shop.open { shop in
          try await shop.write(ChangeScope(orderIDs: [], calls: [.sample(body: bytes)])) { _ in }
          #expect(try await body(shop) == expected)
        }
      }
    }

    @Test("a long body is cut, a text between two characters")
    func cut() async throws {
      var limits = LedgerLimits()
      limits.storedBodyBytesMax = 8
      for (bytes, expected) in [
        (Array("1234567é9".utf8), "false 10 1234567"),
        (Array("123456789".utf8), "false 9 12345678"),
        (Array("12345😀".utf8), "false 9 12345"), (Array("éééé".utf8), "false 8 éééé"),
        (
          [UInt8](repeating: 0xFF, count: 12),
          "true 12 \(Base64.encode([UInt8](repeating: 0xFF, count: 8)))"
        ),
      ] {
        try await Shop.open(limits: limits) { shop in
          try await shop.write(ChangeScope(orderIDs: [], calls: [.sample(body: bytes)])) { _ in }
          #expect(try await body(shop) == expected)
        }
      }
    }

    @Test("a request is JSON when it is, else a JSON string, and nothing when there was none")
    func requests() async throws {
      for (request, type, expected) in [
        (#"{"accepted": true}"#, "application/json", #"{"accepted": true}"#),
        (#"{"a": "\u0000"}"#, "application/json", "{\"a\": \"\u{FFFD}\"}"),
        (#"{"broken"#, "application/json", #""{\"broken""#),
        ("<a b=\"c\">\u{0}</a>", "application/vnd.cpc+xml", "\"<a b=\\\"c\\\">\u{FFFD}</a>\""),
        ("", "application/json", "null"),
      ] {
        try await Shop.open { shop in
          let call = CallRecord.sample(request: Array(request.utf8), type: type)
          try await shop.write(ChangeScope(orderIDs: [], calls: [call])) { _ in }
          #expect(
            try await shop.database.one("select request_payload::text from api_calls") == expected)
        }
      }
    }

    @Test("prices that do not fit are left out, the order stays")
    func prices() async throws {
      try await Shop.open { shop in
        let prices: [(String?, String?)] = [
          ("10.50", "10.50"), ("0", "0.00"), ("-1.005", "-1.01"), ("999999999.99", "999999999.99"),
          ("12345678901", nil), ("1e5", nil), ("", nil), ("ten", nil), (".", nil), ("1.2.3", nil),
          (nil, nil), ("9999999999.999", nil), ("9999999999.99", nil),
        ]
        for (index, (price, stored)) in prices.enumerated() {
          try await shop.write { changes in
            let order = Shop.order("o\(index)", prices: (price, price))
            changes.add(order, as: .pendingAcceptance)
          }
          let rows = try await shop.database.rows(
            """
            select coalesce(total_price::text, '-') || coalesce(unit_price::text, '-') from orders
            join order_lines using (order_id) where order_id = 'o\(index)'
            """)
          let one = stored ?? "-"
          #expect(rows == [one + one], "\(price ?? "none")")
        }
      }
    }
  }
}
