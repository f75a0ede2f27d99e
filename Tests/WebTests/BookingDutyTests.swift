import HTTP
import Kit
import Ledger
import People
import Testing
import Web

/// What the business sees of orders that are booked with it.
@Suite(.serialized) struct BookingDutyTests {
  private static let rows = """
    insert into shops (shop_id, name) values ('salon', 'Salon');
    insert into businesses (business_id, name, currency, time_zone)
    values ('salon', 'Salon', 'CAD', 'America/Toronto');
    insert into booking_slots (business_id, slot_id, starts_at, ends_at, capacity) values
      ('salon', 'day', '2031-03-03 14:00Z', '2031-03-03 14:30Z', 9),
      ('salon', 'night', '2031-03-04 04:30Z', '2031-03-04 05:30Z', 9);
    insert into orders (order_id, channel, shop_id, status, status_since, marketplace_seen_at,
      raw_order_data, raw_order_digest, created_at, updated_at)
    select id, 'booking', 'salon', status, now(), now(), '{}', '\\x00', now(), now()
    from (values ('new-day', 'pending'), ('new-night', 'pending'), ('new-plain', 'pending'),
      ('asks-open', 'confirmed'), ('asks-over', 'completed'), ('calm', 'confirmed'))
      as o (id, status);
    insert into bookings (order_id, business_id, slot_id, source, customer_name, customer_phone,
      principal, fingerprint, fingerprint_window, request_sha256, correlation_id, created_at,
      updated_at)
    select id, 'salon', slot, 'manual', 'Zelda Sampleton', '902-555-0199', 'test', '\\x00', 0, '\\x00',
      'c', now(), now()
    from (values ('new-day', 'day'), ('new-night', 'night'), ('new-plain', null),
      ('asks-open', 'day'), ('asks-over', null), ('calm', 'day')) as b (id, slot);
    insert into effects (kind, subject, order_id, shop_id, lane, request_key, state, outcome,
      due_at, deadline, created_at, updated_at)
    select 'sync_sheet', id, id, 'salon', 'sheet:salon', 'sheet:' || id, 'needs_person',
      'the sheet is gone', now(), now(), now(), now()
    from (values ('asks-open'), ('asks-over')) as e (id);
    """
  private static let wanted = ["asks-open", "asks-over", "new-day", "new-night", "new-plain"]

  private func bookings(_ ids: [String]) -> [String] {
    ids.filter { (Self.wanted + ["calm"]).contains($0) }
  }

  @Test func whatABusinessHasToDoAboutBookingsIsOnEveryListOfWhatNeedsAPerson() async throws {
    try await withSite(more: Self.rows) { site, ledger in
      let duties = try await ledger.duties(soon: .hours(8), limit: 50)
      #expect(bookings(duties.map(\.orderID)).sorted() == Self.wanted)
      // An appointment's start is its deadline; what has none comes last.
      #expect(
        duties.filter { $0.kind == .confirm }.map(\.orderID) == [
          "new-day", "new-night", "new-plain",
        ])
      #expect(
        duties.first { $0.orderID == "new-day" }?.deadline?.iso8601.hasPrefix("2031-03-03T14:00")
          == true)
      #expect(duties.filter { $0.orderID.hasPrefix("asks") }.allSatisfy { $0.kind == .question })

      let owner = try await Browser(site).asFirstOwner()
      let page = text(await owner.get("/"))
      let list =
        page.split(separator: "id=\"now\"").last?.split(separator: "</section>").first ?? ""
      for id in Self.wanted { #expect(list.contains(">\(id)<"), "\(id)") }
      #expect(!list.contains(">calm<"))
      #expect(list.contains("A booking waits for your confirmation."))
      #expect(list.contains("Sync sheet: the sheet is gone"))

      let listed = try await ledger.page(of: OrderSearch(.needsPerson, limit: 50)).rows
      #expect(bookings(listed.map(\.orderID)).sorted() == Self.wanted)
      let told = try await ledger.orders(OrderFilter(needsPerson: true))
      #expect(bookings(told.map(\.orderID)).sorted() == Self.wanted)
      let new = told.first { $0.orderID == "new-plain" }
      #expect(new?.statusName == "pending" && new?.status == nil && new?.waits == "to be confirmed")
      // Other lists of the command line are of the marketplace, as before.
      #expect(try await bookings(ledger.orders(OrderFilter()).map(\.orderID)).isEmpty)
    }
  }

  @Test func anAppointmentIsShownOnTheClockOfTheBusiness() async throws {
    try await withSite(more: Self.rows) { site, _ in
      let owner = try await Browser(site).asFirstOwner()
      let day = text(await owner.get("/orders/new-day"))
      #expect(day.contains("3 Mar 2031, 09:00 to 09:30 (America/Toronto)"))
      #expect(day.contains("datetime=\"2031-03-03T14:00:00"))
      // Over midnight there, though not in UTC.
      let night = text(await owner.get("/orders/new-night"))
      #expect(night.contains("3 Mar 2031, 23:30 to 4 Mar 2031, 00:30 (America/Toronto)"))
      #expect(!text(await owner.get("/orders/new-plain")).contains("Appointment"))
    }
  }
}
