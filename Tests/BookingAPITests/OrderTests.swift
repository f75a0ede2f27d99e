import Booking
import Bookings
import HTTP
import Kit
import People
import Postgres
import Testing

@Suite("Orders over HTTP")
struct OrderTests {
  private func booked(_ stand: Stand, _ name: String = "Robin Example") async throws -> String {
    let answer = try await stand.call(
      "POST", "/api/orders", request(name: name), as: stand.staff)
    return try #require(answer.orderID, "\(answer.text)")
  }

  @Test("a person's move and its act are there together, or neither is")
  func act() async throws {
    try await Stand.play { stand in
      let id = try await booked(stand)
      let caller = Caller.test(
        Principal(
          keyID: "kim", businessID: "tea-house", kind: .staff, scopes: Set(Scope.allCases)))
      let act = Act(Actor(personID: nil, name: "kim", address: "test"), "booking.move", on: id)
      let move = { (status: BookingStatus) async throws(BookingError) in
        _ = try await stand.service.move(
          id, to: status, reason: nil, by: caller, recording: act)
      }
      let admin = try await PostgresConnection.open(
        stand.configuration, deadline: Stand.patience)
      try await admin.script(
        "alter table audit_trail rename to audit_trail_away", deadline: Stand.patience)
      await #expect(throws: BookingError.self) { try await move(.confirmed) }
      try await admin.script(
        "alter table audit_trail_away rename to audit_trail", deadline: Stand.patience)
      await admin.close()
      #expect(try await stand.one("select status from orders") == "pending")
      try await move(.confirmed)
      await #expect(throws: BookingError.self) { try await move(.pending) }
      #expect(try await stand.one("select status from orders") == "confirmed")
      #expect(try await stand.rows("select action from audit_trail") == ["booking.move"])
    }
  }

  @Test("an order goes from pending to completed, every move in the history, illegal ones refused")
  func life() async throws {
    try await Stand.play { stand in
      let id = try await booked(stand)
      var version = 1
      for (i, status) in ["confirmed", "processing", "completed"].enumerated() {
        for wrong in BookingStatus.allCases.map(\.rawValue) where wrong != status {
          if wrong == "cancelled" { continue }
          let refused = try await stand.call(
            "POST", "/api/orders/\(id)/status", ["status": .string(wrong)], as: stand.staff)
          #expect(refused.status == 422 && refused.code == "INVALID_ORDER_STATE", "\(wrong)")
          #expect(
            refused.details?["legal_statuses"]?.elements.compactMap(\.string) == [
              status, "cancelled",
            ])
        }
        let moved = try await stand.call(
          "POST", "/api/orders/\(id)/status",
          ["status": .string(status), "version": .int(Int64(version)), "reason": "on it"],
          as: stand.staff)
        version += 1
        #expect(moved.status == 200, "\(moved.text)")
        #expect(moved.headers["ETag"] == "\"\(version)\"")
        #expect(moved.json?["order"]?["status"]?.string == status)
        let read = try await stand.call("GET", "/api/orders/\(id)", as: stand.staff)
        #expect(read.json?["history"]?.elements.count == i + 2)
      }
      let late = try await stand.call(
        "POST", "/api/orders/\(id)/cancel", ["reason": "too late"], as: stand.staff)
      #expect(late.code == "INVALID_ORDER_STATE")
      #expect(late.details?["legal_statuses"]?.elements.isEmpty == true)
      #expect(
        try await stand.rows(
          "select previous_status || '>' || status from order_status_history order by history_id")
          == [
            "received>pending", "pending>confirmed", "confirmed>processing", "processing>completed",
          ])
      #expect(try await stand.one("select status from orders") == "completed")
    }
  }

  @Test(
    "a stale version is a conflict, a stale tag a failed precondition; both show the present state")
  func versions() async throws {
    try await Stand.play { stand in
      let id = try await booked(stand)
      let edit = try await stand.call(
        "PATCH", "/api/orders/\(id)",
        ["version": 1, "items": [["id": "TEA-2", "quantity": 5]], "notes": "ring"],
        as: stand.staff)
      #expect(edit.json?["order"]?["total"]?.string == "17.50")
      #expect(edit.json?["order"]?["version"]?.int == 2)
      let stale = try await stand.call(
        "PATCH", "/api/orders/\(id)", ["version": 1, "notes": "x"], as: stand.staff)
      #expect(stale.status == 409 && stale.code == "VERSION_CONFLICT")
      #expect(stale.details?["current_version"]?.int == 2)
      #expect(stale.details?["current"]?["notes"]?.string == "ring")
      let tagged = try await stand.call(
        "PATCH", "/api/orders/\(id)", ["notes": "x"], as: stand.staff, ["If-Match": "\"1\""])
      #expect(tagged.status == 412 && tagged.code == "PRECONDITION_FAILED")
      let fresh = try await stand.call(
        "PATCH", "/api/orders/\(id)", ["notes": ""], as: stand.staff, ["If-Match": "\"2\""])
      #expect(fresh.status == 200 && fresh.json?["order"]?["notes"]?.isNull == true)
      let nonsense = try await stand.call(
        "PATCH", "/api/orders/\(id)", ["notes": "x"], as: stand.staff, ["If-Match": "abc"])
      #expect(nonsense.status == 400)
      #expect(
        try await stand.rows("select sku || ' ' || quantity from order_lines") == ["TEA-2 5"])
      #expect(try await stand.one("select total_price::text from orders") == "17.50")
    }
  }

  @Test("twenty edits of one version at once: one goes through")
  func lostUpdate() async throws {
    try await Stand.play { stand in
      let id = try await booked(stand)
      let codes = try await withThrowingTaskGroup(of: Int.self) { group in
        for i in 0..<20 {
          group.addTask {
            try await stand.call(
              "PATCH", "/api/orders/\(id)", ["version": 1, "notes": .string("n\(i)")],
              as: stand.staff
            ).status
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(codes.count { $0 == 200 } == 1)
      #expect(codes.count { $0 == 409 } == 19)
      #expect(try await stand.one("select version::text from bookings") == "2")
    }
  }

  @Test("a list is paged by key, filtered, and shows an agent only what it booked")
  func list() async throws {
    try await Stand.play { stand in
      var ids: [String] = []
      for i in 0..<7 { ids.append(try await booked(stand, "Customer \(i)")) }
      try await stand.step(
        "POST", "/api/orders/\(ids[3])/status", ["status": "confirmed"], stand.staff)
      var seen: [String] = []
      var path = "/api/orders?limit=3"
      while true {
        let page = try await stand.call("GET", path, as: stand.staff)
        seen += page.json?["orders"]?.elements.compactMap { $0["order_id"]?.string } ?? []
        guard let next = page.json?["next_cursor"]?.string else { break }
        path = "/api/orders?limit=3&cursor=\(next)"
      }
      #expect(seen == ids.reversed())
      let confirmed = try await stand.call("GET", "/api/orders?status=confirmed", as: stand.staff)
      #expect(
        confirmed.json?["orders"]?.elements.compactMap { $0["order_id"]?.string } == [ids[3]])
      #expect(
        try await stand.call("GET", "/api/orders?source=ai", as: stand.staff)
          .json?["orders"]?.elements.count == 0)
      for query in ["status=lost", "limit=0", "limit=x", "cursor=zzz", "colour=red"] {
        #expect(try await stand.call("GET", "/api/orders?\(query)", as: stand.staff).status == 400)
      }
      #expect(
        try await stand.call("GET", "/api/orders", as: stand.agent)
          .json?["orders"]?.elements.count == 0)
      #expect(
        try await stand.call("GET", "/api/orders/\(ids[0])", as: stand.agent).status == 404)
      #expect(
        try await stand.call("GET", "/api/orders/\(ids[0])", as: stand.stranger).status == 404)
    }
  }

  @Test("a slot has as many places as it has, and the nearest free ones are named")
  func slots() async throws {
    try await Stand.play({ $0.requiresSlot = true }) { stand in
      for (id, hour) in [("s1", 10), ("s2", 11), ("s3", 12)] {
        try await stand.step(
          "PUT", "/api/slots/\(id)",
          [
            "starts_at": .string("2040-01-01T\(hour):00:00Z"),
            "ends_at": .string("2040-01-01T\(hour):30:00Z"), "capacity": 5,
          ], stand.staff)
      }
      let without = try await stand.call("POST", "/api/orders", request(), as: stand.staff)
      #expect(without.status == 422 && without.code == "FIELDS_MISSING")
      let answers = try await withThrowingTaskGroup(of: Stand.Answer.self) { group in
        for i in 0..<25 {
          group.addTask {
            try await stand.call(
              "POST", "/api/orders",
              request(name: "C \(i)", key: "s\(i)", more: [("slot_id", "s2")]), as: stand.staff)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count { $0.status == 201 } == 5)
      for answer in answers where answer.status != 201 {
        #expect(answer.status == 409 && answer.code == "SLOT_UNAVAILABLE")
        let near = answer.details?["nearest_slots"]?.elements.compactMap { $0["slot_id"]?.string }
        #expect(near == ["s1", "s3"])
      }
      #expect(
        try await stand.one("select taken::text from booking_slots where slot_id = 's2'") == "5")
      let id = try #require(answers.first { $0.status == 201 }?.orderID)
      func expectTimes(_ order: JSONValue?, _ minutes: String) {
        #expect(order?["slot_starts_at"]?.string == "2040-01-01T11:00:00Z")
        #expect(order?["slot_ends_at"]?.string == "2040-01-01T11:\(minutes):00Z")
      }
      for answer in answers where answer.status == 201 { expectTimes(answer.json?["order"], "30") }
      let full = try await stand.call("GET", "/api/slots/s2", as: stand.agent)
      #expect(full.json?["slot"]?["free"]?.int == 0, "\(full.text)")
      #expect(full.json?["slot"]?["starts_at"]?.string == "2040-01-01T11:00:00Z")
      #expect(try await stand.call("GET", "/api/slots/none", as: stand.agent).status == 404)
      #expect(try await stand.call("GET", "/api/slots/s2", as: stand.stranger).status == 404)
      // Moved, an order shows when it is now.
      try await stand.step(
        "PUT", "/api/slots/s2",
        ["starts_at": "2040-01-01T11:00:00Z", "ends_at": "2040-01-01T11:45:00Z", "capacity": 5],
        stand.staff)
      let read = try await stand.call("GET", "/api/orders/\(id)", as: stand.staff)
      expectTimes(read.json?["order"], "45")
      let list = try await stand.call("GET", "/api/orders", as: stand.staff)
      for order in list.json?["orders"]?.elements ?? [] { expectTimes(order, "45") }
      try await stand.step("POST", "/api/orders/\(id)/cancel", ["reason": "no"], stand.staff)
      #expect(
        try await stand.one("select taken::text from booking_slots where slot_id = 's2'") == "4")
      let tooFew = try await stand.call(
        "PUT", "/api/slots/s2",
        ["starts_at": "2040-01-01T11:00:00Z", "ends_at": "2040-01-01T11:30:00Z", "capacity": 1],
        as: stand.staff)
      #expect(tooFew.code == "SLOT_UNAVAILABLE")
    }
  }

  @Test("agents cannot do what people may, and nobody without a key anything")
  func rights() async throws {
    try await Stand.play { stand in
      let id = try await booked(stand)
      for (method, path, body) in [
        ("POST", "/api/orders/\(id)/status", ["status": "confirmed"] as JSON),
        ("POST", "/api/orders/\(id)/cancel", ["reason": "x"]),
        ("PATCH", "/api/orders/\(id)", ["notes": "x"]),
        ("PUT", "/api/catalogue/TEA-1", ["name": "x", "unit_price": "0.01"]),
        (
          "PUT", "/api/slots/s",
          ["starts_at": "2040-01-01T10:00:00Z", "ends_at": "2040-01-01T11:00:00Z", "capacity": 1]
        ),
      ] {
        let answer = try await stand.call(method, path, body, as: stand.agent)
        #expect(answer.status == 403 && answer.code == "FORBIDDEN", "\(method) \(path)")
        for key in [nil, "qsk_nobody", ""] {
          let unknown = try await stand.call(method, path, body, as: key)
          #expect(unknown.status == 401)
          #expect(unknown.headers["WWW-Authenticate"] == "Bearer")
        }
      }
      await #expect(throws: BookingError.self) {
        try await stand.service.makeKey(
          for: "tea-house", name: "x", kind: .agent, scopes: [.write])
      }
      let wrong = try await stand.call(
        "POST", "/api/orders", request(business: "shoe-shop"), as: stand.staff)
      #expect(wrong.status == 403)
    }
  }

  @Test("what a booking causes outside is planned with it, once for each version")
  func effects() async throws {
    try await Stand.play({
      $0.syncsSheet = true
      $0.pushes = true
    }) { stand in
      let id = try await booked(stand)
      try await stand.step(
        "POST", "/api/orders/\(id)/status", ["status": "confirmed"], stand.staff)
      #expect(
        try await stand.rows(
          "select kind || ' ' || ordinal || ' ' || lane || ' ' || state from effects order by 1")
          == [
            "send_push 1 push:tea-house planned", "send_push 2 push:tea-house planned",
            "sync_sheet 1 sheets:tea-house planned", "sync_sheet 2 sheets:tea-house planned",
          ])
    }
  }

  @Test("the library's two calls: is booking on, and a whole order of an agent's")
  func library() async throws {
    try await Stand.play({
      $0.hasCatalogue = false; $0.levels = LevelRule([(0, .mediated)])
    }) {
      stand in
      #expect(try await stand.service.isOrderBookingEnabled("tea-house"))
      #expect(try await !stand.service.isOrderBookingEnabled("nobody"))
      let principal = try await stand.service.principal(secret: stand.agent)
      let body = request([["name": "Green tea", "quantity": 2]], source: "ai", key: "k").bytes
      let first = await stand.service.createOrderFromAI(body, by: .test(principal))
      guard case .refused(let error) = first, error.code == .confirmationRequired else {
        Issue.record("\(first)")
        return
      }
      let details = try JSONValue.parse(JSON.object(error.details).bytes)
      let link = try #require(details["confirmation"]?["confirm_url"]?.string)
      let path = String(link.dropFirst("https://orders.example.com".count))
      let page = try await stand.call("GET", path, as: nil)
      #expect(page.text.contains("Green tea") && page.text.contains("Yes, book it"))
      #expect(page.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
      #expect(try await stand.tap(path).status == 200)
      let second = await stand.service.createOrderFromAI(body, by: .test(principal))
      guard case .booked = second else {
        Issue.record("\(second)")
        return
      }
      let third = await stand.service.createOrderFromAI(body, by: .test(principal))
      guard case .replayed = third else {
        Issue.record("\(third)")
        return
      }
      try await stand.expectWhole(1)
    }
  }

  @Test("a business that lets no agent book is left alone by them, and people still book")
  func disabled() async throws {
    try await Stand.play({ $0.isBookingEnabled = false }) { stand in
      #expect(
        try await stand.call("POST", "/api/drafts", [:], as: stand.agent).code
          == "BOOKING_DISABLED")
      let whole = try await stand.call(
        "POST", "/api/orders", request(source: "ai", key: "k"), as: stand.agent)
      #expect(whole.status == 422 && whole.code == "BOOKING_DISABLED")
      _ = try await booked(stand)
      try await stand.expectWhole(1)
    }
  }
}
