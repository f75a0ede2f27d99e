import Booking
import Bookings
import ClusterStage
import Glibc
import HTTP
import HTTPClient
import Kit
import Synchronization
import Testing

/// The program itself, ended as a power cut would while it books.
@Suite("kill -9 while booking", .serialized)
struct KillTests {
  static let rounds = Host.environment["QUAYSIDE_LONG"] == "1" ? 50 : 5
  static let requests = 48

  static let program: String = {
    if let given = Host.environment["QUAYSIDE_BINARY"], !given.isEmpty { return given }
    // This file is in Tests/BookingAPITests of the package.
    return "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
      + "/.build/release/quayside"
  }()

  static let isThere = access(program, X_OK) == 0

  private final class Answers: Sendable {
    private let all = Mutex<[String: [UInt8]]>([:])
    subscript(key: String) -> [UInt8]? {
      get { all.withLock { $0[key] } }
      set { all.withLock { $0[key] = newValue } }
    }
    var count: Int { all.withLock { $0.count } }
  }

  private struct Server: Sendable {
    let child: ChildProcess
    let url: String
    let http: HTTPClient

    static func start(_ folder: String, database: String) async throws -> Server {
      let output = "\(folder)/\(UUIDv7.make().text).out"
      var environment = Host.environment.filter { !$0.key.hasPrefix("QUAYSIDE_") }
      environment["DATABASE_URL"] = database
      environment["QUAYSIDE_STATE"] = folder + "/state"
      environment["QUAYSIDE_LISTEN"] = "127.0.0.1:0"
      environment["QUAYSIDE_LOG_LEVEL"] = "error"
      let child = try ChildProcess.start(
        [KillTests.program, "serve", "--pages-only"],
        .init(environment: environment, output: .file(output), error: .file(output + ".log")))
      for _ in 0..<3_000 {
        let line = String(decoding: Folder.bytes(of: output), as: UTF8.self)
          .split(separator: "\n").first.map(String.init)
        if let line, let origin = Origin(url: line) {
          return Server(
            child: child, url: String(line.dropLast()),
            http: HTTPClient(.init(allowedOrigins: [origin], maxConnectionsPerHost: 64)))
        }
        try await Task.sleep(for: .milliseconds(10))
      }
      await child.stop()
      throw FileError("start", "serve", 110)
    }

    /// `nil` when no answer came.
    func book(_ key: String, as secret: String) async -> [UInt8]? {
      await post("/api/orders", request(name: "Customer \(key)"), key: key, as: secret)
    }

    func post(
      _ path: String, _ body: JSON, key: String, as secret: String
    ) async -> [UInt8]? {
      let ask = HTTPClientRequest(
        method: "POST", url: url + path,
        headers: [
          "Authorization": "Bearer " + secret, "Content-Type": "application/json",
          "Idempotency-Key": key,
        ], body: body.bytes, deadline: .seconds(30))
      let ends = ContinuousClock.now + Stand.patience
      var answer = try? await http.send(ask)
      // On a busy machine, as every client does: with the same key.
      while answer?.status == 503, ContinuousClock.now < ends {
        try? await Task.sleep(for: .seconds(1))
        answer = try? await http.send(ask)
      }
      return answer?.status == 201 ? answer?.body : nil
    }
  }

  @Test(
    "whatever was answered is booked, nothing is booked twice, and a repeat gets the same answer",
    .enabled(if: isThere))
  func kills() async throws {
    try await Stand.play { stand in
      let folder = try Leftovers.folder("quayside-booking-kill")
      defer { Folder.remove(folder) }
      var generator = SystemRandomNumberGenerator()
      var (interrupted, answered) = (0, 0)
      for round in 0..<Self.rounds {
        let server = try await Server.start(folder, database: try await stand.databaseURL())
        let keys = (0..<Self.requests).map { "kill-\(round)-\($0)" }
        let before = Answers()
        // Some time after it began, or as soon as somebody has an answer.
        let delay: Duration? =
          round.isMultiple(of: 2)
          ? .microseconds(Int64.random(in: 1_000...40_000, using: &generator)) : nil
        await withTaskGroup(of: Void.self) { group in
          for key in keys {
            group.addTask { before[key] = await server.book(key, as: stand.staff) }
          }
          group.addTask {
            if let delay {
              try? await Task.sleep(for: delay)
            } else {
              let ends = ContinuousClock.now + Stand.patience
              while before.count == 0, ContinuousClock.now < ends {
                try? await Task.sleep(for: .microseconds(200))
              }
            }
            server.child.kill(SIGKILL)
          }
        }
        await server.child.stop()
        interrupted += keys.count - before.count
        answered += before.count
        let next = try await Server.start(folder, database: try await stand.databaseURL())
        for key in keys {
          let body = await next.book(key, as: stand.staff)
          #expect(body != nil, "\(key)")
          if let known = before[key] { #expect(body == known, "\(key)") }
        }
        await next.child.stop()
        try await stand.expectWhole((round + 1) * Self.requests)
      }
      // A kill that never interrupts anything would show nothing, nor one that comes before all answers.
      #expect(interrupted > 0 && answered > 0)
    }
  }

  /// Held by the test while nobody may get past the first statement that writes the table.
  private static let gate = 4711

  /// The first statement that writes the table waits at the gate, and a sequence tells that it is there.
  private static func pause(_ table: String) -> String {
    """
    create schema if not exists testing;
    drop sequence if exists testing.pauses cascade;
    create sequence testing.pauses;
    create or replace function testing.pause() returns trigger language plpgsql as $$
    begin
      if nextval('testing.pauses') = 1 then perform pg_advisory_xact_lock_shared(\(gate)); end if;
      return null;
    end $$;
    create trigger pause after insert or update on \(table)
      for each statement execute function testing.pause();
    """
  }

  @Test(
    "killed behind each statement of a booking: repeated, it is booked once, with all its rows",
    .enabled(if: isThere))
  func eachStatement() async throws {
    try await Stand.play({
      $0.syncsSheet = true
      $0.requiresSlot = true
    }) { stand in
      let folder = try Leftovers.folder("quayside-booking-kill")
      defer { Folder.remove(folder) }
      try await stand.step(
        "PUT", "/api/slots/s",
        ["starts_at": "2040-01-01T10:00:00Z", "ends_at": "2040-01-01T11:00:00Z", "capacity": 100],
        stand.staff)
      for (i, table) in TroubleTests.tables.enumerated() {
        let draft = try await stand.readyDraftWithSlot("s", name: "Customer of \(table)")
        try await stand.tap(try await stand.ask(draft))
        let path = "/api/drafts/\(draft)/order"
        let server = try await Server.start(folder, database: try await stand.databaseURL())
        try await stand.run(Self.pause(table))
        try await stand.run("select pg_advisory_lock(\(Self.gate))")
        async let answer = server.post(path, [:], key: "k-\(table)", as: stand.agent)
        let ends = ContinuousClock.now + Stand.patience
        while try await stand.one("select is_called::text from testing.pauses") != "true",
          ContinuousClock.now < ends
        {
          try await Task.sleep(for: .milliseconds(2))
        }
        let isThere = try await stand.one("select is_called::text from testing.pauses")
        #expect(isThere == "true", "\(table): nothing was written there")
        server.child.kill(SIGKILL)
        #expect(await answer == nil, "\(table): it was answered before it was killed")
        try await stand.run("select pg_advisory_unlock(\(Self.gate))")
        await server.child.stop()
        let next = try await Server.start(folder, database: try await stand.databaseURL())
        let body = await next.post(path, [:], key: "k-\(table)", as: stand.agent)
        #expect(body != nil, "\(table)")
        #expect(await next.post(path, [:], key: "k-\(table)", as: stand.agent) == body)
        await next.child.stop()
        try await stand.run("drop trigger pause on \(table)")
        try await stand.expectWhole(i + 1)
        #expect(try await stand.one("select taken::text from booking_slots") == "\(i + 1)")
        #expect(try await stand.count("booking_consents") == i + 1)
        #expect(try await stand.count("effects") == i + 1)
      }
    }
  }
}
