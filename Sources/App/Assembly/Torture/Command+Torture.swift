import Kit
import Ledger
import Operations

extension Command {
  static let torture = Command(
    name: "torture",
    summary: "Proves \"exactly once\" under fire; `bin/torture` is the way to call it.",
    usage: "torture [--seed N] [--orders N] [--minutes M]",
    details: """
      Starts a private PostgreSQL, the sandbox with faults on every call, and three workers with wrong
      clocks; places orders all the time; kills workers, crashes PostgreSQL, freezes processes past their
      leases, cancels orders late. Then it turns the faults off, lets everything finish, says `retry`
      where a person is asked, and judges from the sandbox's tally and the database together. The same
      seed gives the same faults. Ctrl-C ends the fire early; what was placed until then is judged. Exit
      status 0 only when nothing was violated.
      """,
    options: [
      .init(name: "seed", value: "N", meaning: "decides what happens and when (a random one)"),
      .init(name: "orders", value: "N", meaning: "to be placed in all (1000)"),
      .init(
        name: "minutes", value: "M",
        meaning: "of fire, the orders spread over them (until the last order is placed)"),
      .init(name: "json", value: "FILE", meaning: "write every figure there"),
      .init(name: "keep", value: "FOLDER", meaning: "keep database, labels and logs there"),
    ]
  ) { arguments, context in
    var chance = SystemRandomNumberGenerator()
    let random = Int(chance.next() % 1_000_000)
    let seed = UInt64(try arguments.int("seed", or: random, in: 0...1_000_000_000))
    let orders = try arguments.int("orders", or: 1_000, in: 1...1_000_000)
    let minutes: Int? =
      arguments.text("minutes") == nil ? nil : try arguments.int("minutes", or: 1, in: 1...1_440)
    var command = "bin/torture --seed \(seed) --orders \(orders)"
    if let minutes { command += " --minutes \(minutes)" }
    let keep = arguments.text("keep").map(Path.absolute)
    let folder = try keep ?? Folder.temporary("quayside-torture")
    if keep != nil { try Folder.make(folder) }
    defer { if keep == nil { Folder.remove(folder) } }
    context.print("\(command)\n")
    let run = try await TortureRun(
      context: context, folder: folder, seed: seed, orders: orders, minutes: minutes,
      command: command
    ).play()
    if let path = arguments.text("json") {
      try AtomicFile.write(
        Array((run.json.pretty + "\n").utf8), to: Path.absolute(path), mode: 0o644)
    }
    context.print(run.text)
    return run.isFine ? ExitStatus.fine : ExitStatus.trouble
  }
}
