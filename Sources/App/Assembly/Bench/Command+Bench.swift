import Kit
import Operations

extension Command {
  static let bench = Command(
    name: "bench", summary: "Measures this machine; `bin/bench` is the way to call it.",
    usage: "bench \(Benchmark.allCases.map(\.rawValue).joined(separator: "|")) [--json FILE]",
    details: """
      Each makes a private PostgreSQL of its own, and prints a table: a row a figure, with the median,
      the least and the most of the runs. Exit status 0 when everything was done exactly once.

      cycle: orders with zero waits through the whole cycle, all audit rows, every step durable, against
      canned answers and against the full sandbox; beside them pgbench and the peers, where they are.
      waiting: orders inside the real 60 s validation wait. history: the same work with thousands and
      with millions of orders behind it. restart: SIGKILL with everything in flight, and another worker
      in its place. startup: from exec to the first answer. scale: 1, 2 and 4 workers on one database.
      booking: orders booked over HTTP by wrk on 32 connections, then the same hundred again and
      again, then the same rows by pgbench. pages: how long the server takes for each page with N orders
      in the ledger, 1 in 100 of them open; filled by SQL, and kept for the next time with --keep.
      """,
    options: [
      .init(
        name: "orders", value: "N",
        meaning:
          "cycle, scale (20000), waiting (100000), restart (50000), history (1000), pages (1000000)"
      ),
      .init(name: "runs", value: "N", meaning: "how many (3; history 7, startup 20)"),
      .init(
        name: "past", value: "N,N", meaning: "orders behind, for history (10000,1000000,10000000)"),
      .init(
        name: "wait", value: "SECONDS",
        meaning: "before an acceptance is read back, for waiting (60)"),
      .init(name: "lease", value: "SECONDS", meaning: "of the worker that restart kills (20)"),
      .init(name: "seconds", value: "N", meaning: "of each run of booking (8)"),
      .init(name: "scripts", value: "FOLDER", meaning: "where the loads are (bench)"),
      .init(name: "peers", value: "FOLDER", meaning: "what `bench/peers prepare` made, for cycle"),
      .init(name: "peer", value: "FIGURE", meaning: "bookings a second of a peer, to compare with"),
      .init(name: "json", value: "FILE", meaning: "write every figure and ratio there"),
      .init(name: "keep", value: "FOLDER", meaning: "keep the private database there"),
    ], words: 1...1
  ) { arguments, context in
    guard let benchmark = Benchmark(rawValue: arguments.words[0]) else {
      throw UsageError(
        command: "bench",
        "knows " + Benchmark.allCases.map(\.rawValue).joined(separator: ", "))
    }
    if benchmark == .booking { return try await bookingBench(arguments, context) }
    if benchmark == .pages { return try await pagesBench(arguments, context) }
    let folder = try folder(arguments)
    defer { if arguments.text("keep") == nil { Folder.remove(folder) } }
    let options = BenchOptions(
      context: context, folder: folder,
      orders: try arguments.int(
        "orders", or: benchmark.ordersUsual, in: benchmark.ordersUsual == 0 ? 0...0 : 1...1_000_000),
      runs: try arguments.int("runs", or: benchmark.runsUsual, in: 1...99),
      scripts: Path.absolute(arguments.text("scripts") ?? "bench"),
      peers: arguments.text("peers"),
      past: try past(arguments.text("past") ?? "10000,1000000,10000000"),
      wait: .seconds(try arguments.int("wait", or: 60, in: 1...600)),
      lease: .seconds(try arguments.int("lease", or: 20, in: 4...600)))
    let report = try await benchmark.run(options)
    if let path = arguments.text("json") {
      try AtomicFile.write(
        Array((report.json.pretty + "\n").utf8), to: Path.absolute(path), mode: 0o644)
    }
    context.print(report.table)
    return report.isFine ? ExitStatus.fine : ExitStatus.trouble
  }

  /// The private PostgreSQL's user has to get through, or it would live outside the folder.
  private static func folder(_ arguments: Arguments) throws -> String {
    let folder = try arguments.text("keep") ?? Folder.temporary("quayside-bench")
    Folder.setMode(folder, 0o755)
    return folder
  }

  private static func past(_ text: String) throws(UsageError) -> [Int] {
    let counts = text.split(separator: ",").map { Int($0.trimmed) }
    guard !counts.isEmpty, counts.allSatisfy({ $0.map { (1...100_000_000).contains($0) } ?? false })
    else {
      throw UsageError(command: "bench", "--past takes numbers of orders, like 10000,1000000")
    }
    return Array(Set(counts.compactMap(\.self))).sorted()
  }

  private static func pagesBench(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
    let orders = try arguments.int("orders", or: 1_000_000, in: 1_000...10_000_000)
    let folder = try folder(arguments)
    defer { if arguments.text("keep") == nil { Folder.remove(folder) } }
    let pages = try await PagesBench(
      context: context, folder: Path.absolute(folder), orders: orders
    ).run()
    let summary = PagesBench.summary(pages, orders: orders)
    if let path = arguments.text("json") {
      try AtomicFile.write(
        Array((summary.pretty + "\n").utf8), to: Path.absolute(path), mode: 0o644)
    }
    context.print(summary.pretty)
    return pages.allSatisfy { $0.status == 200 } ? ExitStatus.fine : ExitStatus.trouble
  }

  private static func bookingBench(
    _ arguments: Arguments, _ context: Context
  ) async throws -> Int32 {
    let seconds = try arguments.int("seconds", or: 8, in: 1...600)
    let runs = try arguments.int("runs", or: 3, in: 1...99)
    let folder = try folder(arguments)
    defer { if arguments.text("keep") == nil { Folder.remove(folder) } }
    let bench = BookingBench(
      context: context, folder: folder, seconds: seconds, runs: runs,
      scripts: Path.absolute(arguments.text("scripts") ?? "bench"))
    let result = try await bench.run()
    let peer = arguments.text("peer").flatMap { Double($0) }
    let summary = result.summary(seconds: seconds, runs: runs, peer: peer)
    if let path = arguments.text("json") {
      try AtomicFile.write(
        Array((summary.pretty + "\n").utf8), to: Path.absolute(path), mode: 0o644)
    }
    context.print(summary.pretty)
    return result.broken == 0 && result.errors == 0 ? ExitStatus.fine : ExitStatus.trouble
  }
}
