import Booking
import Bookings
import ClusterStage
import Glibc
import HTTP
import Kit
import Ledger
import Postgres
import Testing

@Suite("When the database goes away", .serialized)
struct TroubleTests {
  /// Every table that a booking writes, in the order of its statements.
  static let tables = [
    "orders", "bookings", "order_lines", "order_status_history", "effects", "booking_slots",
    "booking_drafts", "booking_consents", "idempotency_keys",
  ]

  /// The connection dies right behind the statement that wrote that table, the first `times` times. A
  /// sequence counts, since it is not rolled back.
  private static func arm(_ table: String, times: Int) -> String {
    """
    create schema if not exists testing;
    drop sequence if exists testing.kills cascade;
    create sequence testing.kills;
    create or replace function testing.die() returns trigger language plpgsql as $$
    begin
      if nextval('testing.kills') <= \(times) then
        perform pg_terminate_backend(pg_backend_pid());
        perform pg_sleep(10);
      end if;
      return null;
    end $$;
    create trigger die after insert or update on \(table)
      for each statement execute function testing.die();
    """
  }

  private static func disarm(_ table: String) -> String { "drop trigger die on \(table)" }

  @Test("killed behind each statement: the order is booked once, with all its rows")
  func eachStatement() async throws {
    try await Stand.play({
      $0.syncsSheet = true
      $0.requiresSlot = true
    }) { stand in
      try await stand.step(
        "PUT", "/api/slots/s",
        ["starts_at": "2040-01-01T10:00:00Z", "ends_at": "2040-01-01T11:00:00Z", "capacity": 100],
        stand.staff)
      var booked = 0
      for table in Self.tables {
        let draft = try await stand.readyDraftWithSlot("s", name: "Customer of \(table)")
        try await stand.tap(try await stand.ask(draft))
        try await stand.run(Self.arm(table, times: 1))
        let answer = try await stand.book(draft, key: "k-\(table)")
        booked += 1
        #expect(answer.status == 201, "\(table): \(answer.text)")
        #expect(answer.headers["Idempotent-Replayed"] == nil)
        try await stand.run(Self.disarm(table))
        try await stand.expectWhole(booked)
        #expect(try await stand.one("select taken::text from booking_slots") == "\(booked)")
        #expect(try await stand.count("booking_consents") == booked)
        #expect(try await stand.count("effects") == booked)
        let again = try await stand.book(draft, key: "k-\(table)")
        #expect(again.bytes == answer.bytes)
      }
    }
  }

  /// The server gives up well before its client does.
  private static var impatient: LedgerLimits {
    var limits = LedgerLimits.patient
    limits.queryDeadline = .seconds(8)
    limits.bookingPatience = .seconds(8)
    return limits
  }

  @Test(
    "killed behind a statement again and again: 503, nothing half done, and later it goes through")
  func givesUp() async throws {
    try await Stand.play(limits: Self.impatient) { stand in
      for table in ["orders", "idempotency_keys"] {
        let body = request(name: "Customer of \(table)", key: table)
        let before = try await stand.count("orders")
        try await stand.run(Self.arm(table, times: 1_000_000))
        let answer = try await stand.call("POST", "/api/orders", body, as: stand.staff)
        #expect(answer.status == 503 && answer.code == "SERVICE_UNAVAILABLE", "\(answer.text)")
        #expect(answer.headers["Retry-After"] == "1")
        try await stand.run(Self.disarm(table))
        try await stand.expectWhole(before)
        let later = try await stand.call("POST", "/api/orders", body, as: stand.staff)
        #expect(later.status == 201)
        #expect(later.headers["Idempotent-Replayed"] == nil)
        try await stand.expectWhole(before + 1)
      }
    }
  }

  @Test("the commit's answer is lost: the retry finds the order, and does not book another")
  func unheardCommit() async throws {
    try await Stand.play { stand in
      // A deferred trigger runs inside the commit itself.
      try await stand.run(
        """
        create schema if not exists testing;
        create sequence testing.commits;
        create function testing.die_late() returns trigger language plpgsql as $$
        begin
          if nextval('testing.commits') = 1 then
            perform pg_terminate_backend(pg_backend_pid());
          end if;
          return null;
        end $$;
        create constraint trigger die_late after insert on bookings deferrable initially deferred
          for each row execute function testing.die_late();
        """)
      let answer = try await stand.call(
        "POST", "/api/orders", request(key: "k"), as: stand.staff)
      #expect(answer.status == 201)
      try await stand.expectWhole(1)
    }
  }

  @Test("while the database is gone: 503 on every door, and no word of it; then all goes on")
  func gone() async throws {
    let cluster = try await TestCluster.own("quayside-booking")
    try await TestCluster.migrate(cluster.configuration, more: TestCluster.asking)
    try await Stand.play(on: cluster.configuration, limits: Self.impatient) { stand in
      let draft = try await stand.readyDraft()
      let page = try await stand.ask(draft)
      TestCluster.crash(cluster)
      async let posted = stand.call(
        "POST", "/api/orders", request(key: "k"), as: stand.staff)
      async let listed = stand.call("GET", "/api/orders", as: stand.staff)
      async let problem = stand.call(
        "GET", "/api/orders", as: stand.staff, ErrorTests.asProblem)
      async let tapped = stand.tap(page)
      for answer in try await [posted, listed, tapped] {
        #expect(answer.status == 503, "\(answer.text)")
        #expect(!answer.text.lowercased().contains("postgres"))
      }
      ErrorTests.expect(try await listed, try await problem, .unavailable)
      let again = try await TestCluster.reopen(cluster)
      let later = try await stand.call(
        "POST", "/api/orders", request(key: "k"), as: stand.staff)
      #expect(later.status == 201, "\(later.text)")
      #expect(try await stand.tap(page).status == 200)
      #expect(try await stand.book(draft).status == 201)
      let fresh = try await stand.reconnected()
      #expect(try await fresh.count("orders") == 2)
      await again.close()
    }
    await cluster.close()
  }
}
