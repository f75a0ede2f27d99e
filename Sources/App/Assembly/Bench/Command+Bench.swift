import Kit
import Operations

extension Command {
  static let bench = Command(
    name: "bench", summary: "Measures this machine; `bin/bench` is the way to call it.",
    usage: "bench cycle|booking|pages [--json FILE]",
    details: """
      cycle: N orders with zero waits through the whole cycle, all audit rows, every step durable, on a
      private PostgreSQL made for it, against the full sandbox in a process of its own. The figure is
      the median of the runs.

      booking: orders booked over HTTP by wrk on 32 connections, each durable with all its rows, on a
      private PostgreSQL; then the same hundred again and again; then the same rows by pgbench.

      pages: how long the server takes for each page with N orders in the ledger, 1 in 100 of them
      open; filled by SQL, and kept for the next time with --keep.
      """,
    options: [
      .init(
        name: "orders", value: "N",
        meaning: "of each run of cycle (2000), in the ledger for pages (1000000)"),
      .init(name: "canned", meaning: "cycle against canned answers instead of the full sandbox"),
      .init(name: "seconds", value: "N", meaning: "of each run of booking (8)"),
      .init(name: "scripts", value: "FOLDER", meaning: "where booking's load is (bench)"),
      .init(name: "peer", value: "FIGURE", meaning: "bookings a second of a peer, to compare with"),
      .init(name: "runs", value: "N", meaning: "how many (3)"),
      .init(name: "json", value: "FILE", meaning: "write every figure there"),
      .init(name: "keep", value: "FOLDER", meaning: "keep the private database there"),
    ], words: 1...1
  ) { arguments, context in
    if arguments.words[0] == "booking" { return try await bookingBench(arguments, context) }
    if arguments.words[0] == "pages" { return try await pagesBench(arguments, context) }
    guard arguments.words[0] == "cycle" else {
      throw UsageError(command: "bench", "knows cycle, booking and pages")
    }
    let orders = try arguments.int("orders", or: 2_000, in: 1...1_000_000)
    let runs = try arguments.int("runs", or: 3, in: 1...99)
    let folder = try arguments.text("keep") ?? Folder.temporary("quayside-bench")
    defer { if arguments.text("keep") == nil { Folder.remove(folder) } }
    var results: [CycleBench.Result] = []
    for run in 1...runs {
      let bench = CycleBench(
        context: context, folder: folder, orders: orders, isCanned: arguments.has("canned"))
      let result = try await bench.run()
      context.print(
        "run \(run): \(Int(result.ordersPerSecond)) orders/s, worker \(result.workerMB) MB, "
          + "\(result.shipped) of \(orders) shipped, CPU s: worker \(result.cpu.worker.tenths), "
          + "sandbox \(result.cpu.sandbox.tenths), PostgreSQL \(result.cpu.postgres.tenths)")
      results.append(result)
    }
    let summary = CycleBench.summary(results, orders: orders)
    if let path = arguments.text("json") {
      try AtomicFile.write(
        Array((summary.pretty + "\n").utf8), to: Path.absolute(path), mode: 0o644)
    }
    context.print(summary.pretty)
    return results.allSatisfy { $0.shipped == orders && $0.violations == 0 }
      ? ExitStatus.fine : ExitStatus.trouble
  }

  private static func pagesBench(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
    let orders = try arguments.int("orders", or: 1_000_000, in: 1_000...10_000_000)
    let folder = try arguments.text("keep") ?? Folder.temporary("quayside-bench")
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
    let folder = try arguments.text("keep") ?? Folder.temporary("quayside-bench")
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
    return result.broken == 0 && result.bookings.errors == 0 ? ExitStatus.fine : ExitStatus.trouble
  }
}
