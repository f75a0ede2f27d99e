import Glibc
import Kit

/// Connections that are kept open and send the same bytes one after the other as fast as the kernel
/// takes them, before any of them reads: what comes of it is what a storm of retries brings. Raw, since a
/// real client would cost more than the server that is raced. Every call blocks and belongs on a
/// thread of its own.
final class RaceTrack {
  /// What the rounds of one track, or of several, came to.
  struct Report: Sendable {
    var rounds = 0
    /// Answers of the one request of a round that booked.
    var fresh = 0
    var replayed = 0
    /// Told to come back, 409 with Retry-After.
    var told = 0
    /// What should not be; the first few.
    var problems: [String] = []

    static func + (a: Report, b: Report) -> Report {
      Report(
        rounds: a.rounds + b.rounds, fresh: a.fresh + b.fresh, replayed: a.replayed + b.replayed,
        told: a.told + b.told, problems: Array((a.problems + b.problems).prefix(20)))
    }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// One answer: its head for looking into, its body to the byte.
  private struct Answer {
    var head: [UInt8]
    var body: [UInt8]

    var status: Int {
      head.dropFirst(9).prefix(3).reduce(0) { $0 * 10 + Int($1) - 48 }
    }
  }

  private static let patience = timeval(tv_sec: 60, tv_usec: 0)

  private let runners: [Int32]
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  init(port: Int, runners count: Int) throws {
    var opened: [Int32] = []
    for _ in 0..<count { opened.append(try Self.connect(port)) }
    runners = opened
  }

  deinit { for runner in runners { Glibc.close(runner) } }

  /// Runs rounds until `next` has no more.
  ///
  /// - Parameter next: the whole request of a round, the same for every runner.
  func run(_ next: () -> [UInt8]?) -> Report {
    var report = Report()
    do {
      while report.problems.count < 20, let request = next() {
        try round(request, &report)
        report.rounds += 1
      }
    } catch {
      report.problems.append("round \(report.rounds): \(error)")
    }
    return report
  }

  /// All send, all read, and one asks once more when it is over.
  private func round(_ request: [UInt8], _ report: inout Report) throws {
    for runner in runners { try send(request, on: runner) }
    var fresh: [[UInt8]] = []
    var replayed: [[UInt8]] = []
    for runner in runners {
      let answer = try receive(on: runner)
      switch (answer.status, Self.holds(answer.head, "\r\nIdempotent-Replayed: true\r\n")) {
      case (201, false): fresh.append(answer.body)
      case (201, true): replayed.append(answer.body)
      case (409, false):
        report.told += 1
        if !Self.holds(answer.head, "\r\nRetry-After: 1\r\n")
          || !Self.holds(answer.body, "\"IDEMPOTENCY_IN_FLIGHT\"")
        {
          report.problems.append("a 409 of another kind: \(Self.text(answer.body))")
        }
      default: report.problems.append("\(answer.status): \(Self.text(answer.body))")
      }
    }
    report.fresh += fresh.count
    if fresh.count != 1 { report.problems.append("\(fresh.count) fresh answers to one key") }
    try send(request, on: runners[0])
    let last = try receive(on: runners[0])
    if last.status != 201 || !Self.holds(last.head, "\r\nIdempotent-Replayed: true\r\n") {
      report.problems.append("afterwards \(last.status): \(Self.text(last.body))")
    }
    replayed.append(last.body)
    report.replayed += replayed.count
    if replayed.contains(where: { $0 != fresh.first }) {
      report.problems.append("a replay differs from the first answer")
    }
  }

  // MARK: Bytes

  private func send(_ bytes: [UInt8], on runner: Int32) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          runner, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(description: "a connection takes no more") }
      sent += count
    }
  }

  private func receive(on runner: Int32) throws -> Answer {
    var filled = 0
    while true {
      let count = buffer.withUnsafeMutableBytes {
        recv(runner, $0.baseAddress.map { $0 + filled }, $0.count - filled, 0)
      }
      guard count > 0 else { throw Failure(description: "a connection ended, or was silent") }
      filled += count
      if let answer = whole(filled) { return answer }
    }
  }

  /// The answer, when all of it has come.
  private func whole(_ filled: Int) -> Answer? {
    guard let end = Self.find("\r\n\r\n", in: buffer[..<filled]) else { return nil }
    let head = buffer[..<(end + 2)]
    guard let name = Self.find("\r\nContent-Length: ", in: head) else { return nil }
    var length = 0
    for byte in head[(name + 18)...] {
      guard (48...57).contains(byte) else { break }
      length = length * 10 + Int(byte) - 48
    }
    let body = end + 4
    guard filled >= body + length else { return nil }
    return Answer(head: Array(head), body: Array(buffer[body..<(body + length)]))
  }

  private static func find(_ text: StaticString, in bytes: ArraySlice<UInt8>) -> Int? {
    bytes.withUnsafeBytes { all in
      let count = text.utf8CodeUnitCount
      guard let base = all.baseAddress else { return nil }
      var at = 0
      while at + count <= all.count {
        guard
          let next = memchr(base + at, Int32(text.utf8Start.pointee), all.count - count - at + 1)
        else { return nil }
        at = UnsafeRawPointer(next) - base
        if memcmp(next, text.utf8Start, count) == 0 { return bytes.startIndex + at }
        at += 1
      }
      return nil
    }
  }

  private static func holds(_ bytes: [UInt8], _ text: StaticString) -> Bool {
    find(text, in: bytes[...]) != nil
  }

  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix(300), as: UTF8.self)
  }

  private static func connect(_ port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let failed = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    var (limit, yes) = (Self.patience, Int32(1))
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard failed == 0 else {
      Glibc.close(descriptor)
      throw Failure(description: "no connection")
    }
    return descriptor
  }
}
