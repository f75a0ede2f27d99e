import Booking
import Bookings
import HTTP
import Kit
import Testing

/// What `TroubleTests` does to booking, done to everything that changes a booking or a draft.
@Suite("Killed behind each statement of a change", .serialized)
struct ChangeTroubleTests {
  /// Who asks for it, and the tables that it writes, in the order of its statements.
  enum Change: String, CaseIterable {
    case confirm, edit, cancel

    var tables: [String] {
      switch self {
      case .confirm: ["orders", "bookings", "order_status_history", "effects", "booking_calls"]
      case .edit: ["orders", "bookings", "order_lines", "effects", "booking_calls"]
      case .cancel:
        [
          "orders", "bookings", "order_status_history", "booking_slots", "effects", "booking_calls",
        ]
      }
    }
  }

  private func arm(_ table: String, _ stand: Stand) async throws {
    try await stand.run(
      """
      create schema if not exists testing;
      drop sequence if exists testing.changes cascade;
      create sequence testing.changes;
      create or replace function testing.die_once() returns trigger language plpgsql as $$
      begin
        if nextval('testing.changes') = 1 then
          perform pg_terminate_backend(pg_backend_pid());
          perform pg_sleep(10);
        end if;
        return null;
      end $$;
      create trigger die_once after insert or update or delete on \(table)
        for each statement execute function testing.die_once();
      """)
  }

  private func disarm(_ table: String, _ stand: Stand) async throws {
    #expect(
      try await stand.one("select is_called::text from testing.changes") == "true",
      "nothing writes \(table)")
    try await stand.run("drop trigger die_once on \(table)")
  }

  private func ask(_ change: Change, _ id: String, _ stand: Stand) async throws -> Stand.Answer {
    switch change {
    case .confirm:
      try await stand.call(
        "POST", "/api/orders/\(id)/status", ["status": "confirmed", "version": 1], as: stand.staff)
    case .edit:
      try await stand.call(
        "PATCH", "/api/orders/\(id)", ["items": [["id": "TEA-2", "quantity": 7]], "version": 1],
        as: stand.staff)
    case .cancel:
      try await stand.call(
        "POST", "/api/orders/\(id)/cancel", ["reason": "not wanted", "version": 1], as: stand.staff)
    }
  }

  /// Everything that a change writes, as one text.
  private func state(_ id: String, _ stand: Stand) async throws -> [String] {
    try await stand.rows(
      """
      select o.status || ' v' || b.version || ' ' || o.total_price::text
        || ' moves ' || (select count(*) from order_status_history h where h.order_id = o.order_id)
        || ' lines ' || (select string_agg(sku || 'x' || quantity, ',') from order_lines l
          where l.order_id = o.order_id)
        || ' effects ' || (select count(*) from effects e where e.subject = o.order_id)
        || ' taken ' || (select sum(taken) from booking_slots)
      from orders o join bookings b using (order_id) where o.order_id = '\(id)'
      """)
  }

  @Test("all of it or nothing, and the same request again ends it", arguments: Change.allCases)
  func change(_ change: Change) async throws {
    try await Stand.play({ $0.syncsSheet = true }) { stand in
      try await stand.step(
        "PUT", "/api/slots/s",
        ["starts_at": "2040-01-01T10:00:00Z", "ends_at": "2040-01-01T11:00:00Z", "capacity": 100],
        stand.staff)
      for table in change.tables {
        let booked = try await stand.call(
          "POST", "/api/orders",
          request(
            name: "Customer of \(table)", more: [("slot_id", "s")]), as: stand.staff)
        let id = try #require(booked.orderID, "\(booked.text)")
        let before = try await state(id, stand)
        try await arm(table, stand)
        let first = try await ask(change, id, stand)
        try await disarm(table, stand)
        #expect(first.status == 503, "\(table): \(first.text)")
        #expect(!first.text.contains("terminat"))
        #expect(try await state(id, stand) == before, "\(table)")
        let second = try await ask(change, id, stand)
        #expect(second.status == 200, "\(table): \(second.text)")
        let after = try await state(id, stand)
        #expect(after != before)
        // Once more is refused, and names what is there.
        let third = try await ask(change, id, stand)
        #expect(third.status == 409 || third.status == 422, "\(third.text)")
        #expect(try await state(id, stand) == after)
      }
    }
  }

  @Test("the customer's yes: all of it or nothing, and the same tap again is one yes")
  func tap() async throws {
    try await Stand.play { stand in
      for table in ["booking_confirmations", "booking_calls"] {
        let draft = try await stand.readyDraft(name: "Customer of \(table)")
        let page = try await stand.ask(draft)
        try await arm(table, stand)
        let first = try await stand.tap(page)
        try await disarm(table, stand)
        #expect(first.status == 503, "\(table): \(first.text)")
        let early = try await stand.book(draft)
        #expect(early.code == "CONFIRMATION_REQUIRED", "\(table): \(early.text)")
        #expect(try await stand.tap(page).status == 200)
        #expect(try await stand.book(draft).status == 201)
        #expect(try await stand.book(draft).status == 409)
      }
      #expect(try await stand.count("booking_consents") == 2)
    }
  }
}
