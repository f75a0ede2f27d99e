import Kit
import Operations

extension Command {
  static let bench = Command(
    name: "bench", summary: "Measures this machine; `bin/bench` is the way to call it.",
    usage: "bench cycle [--orders N] [--json FILE]",
    details: """
      cycle: N orders with zero waits through the whole cycle, all audit rows, every step durable, on a
      private PostgreSQL made for it, against the full sandbox in a process of its own. The figure is
      the median of the runs.
      """,
    options: [
      .init(name: "orders", value: "N", meaning: "of each run (2000)"),
      .init(name: "runs", value: "N", meaning: "how many (3)"),
      .init(name: "json", value: "FILE", meaning: "write every figure there"),
      .init(name: "keep", value: "FOLDER", meaning: "keep the private database there"),
    ], words: 1...1
  ) { arguments, context in
    guard arguments.words[0] == "cycle" else {
      throw UsageError(command: "bench", "knows cycle")
    }
    let orders = try arguments.int("orders", or: 2_000, in: 1...1_000_000)
    let runs = try arguments.int("runs", or: 3, in: 1...99)
    let folder = try arguments.text("keep") ?? Folder.temporary("quayside-bench")
    defer { if arguments.text("keep") == nil { Folder.remove(folder) } }
    var results: [CycleBench.Result] = []
    for run in 1...runs {
      let bench = CycleBench(context: context, folder: folder, orders: orders)
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
}
