import Bookings
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
      let answer = try? await http.send(
        HTTPClientRequest(
          method: "POST", url: url + "/api/orders",
          headers: [
            "Authorization": "Bearer " + secret, "Content-Type": "application/json",
            "Idempotency-Key": key,
          ], body: request(name: "Customer \(key)").bytes, deadline: .seconds(30)))
      return answer?.status == 201 ? answer?.body : nil
    }
  }

  @Test(
    "whatever was answered is booked, nothing is booked twice, and a repeat gets the same answer",
    .enabled(if: isThere))
  func kills() async throws {
    try await Stand.play { stand in
      let folder = try Folder.temporary("quayside-booking-kill")
      defer { Folder.remove(folder) }
      var generator = SystemRandomNumberGenerator()
      var interrupted = 0
      for round in 0..<Self.rounds {
        let server = try await Server.start(folder, database: try await stand.databaseURL())
        let keys = (0..<Self.requests).map { "kill-\(round)-\($0)" }
        let before = Answers()
        let delay = Duration.microseconds(Int64.random(in: 1_000...40_000, using: &generator))
        await withTaskGroup(of: Void.self) { group in
          for key in keys {
            group.addTask { before[key] = await server.book(key, as: stand.staff) }
          }
          group.addTask {
            try? await Task.sleep(for: delay)
            server.child.kill(SIGKILL)
          }
        }
        await server.child.stop()
        interrupted += keys.count - before.count
        let next = try await Server.start(folder, database: try await stand.databaseURL())
        for key in keys {
          let body = await next.book(key, as: stand.staff)
          #expect(body != nil, "\(key)")
          if let known = before[key] { #expect(body == known, "\(key)") }
        }
        await next.child.stop()
        try await stand.expectWhole((round + 1) * Self.requests)
      }
      // A kill that never interrupts anything would show nothing.
      #expect(interrupted > 0)
    }
  }
}
