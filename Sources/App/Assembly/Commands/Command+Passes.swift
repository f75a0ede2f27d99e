import CustomerService
import Kit
import Ledger
import Operations
import Orders

extension Command {
  static let run = Command(
    name: "run", summary: "One pass and exit: what cron calls.",
    usage: "run [acceptance|shipping|tracking|messages|booking|pull|all]",
    details: """
      Does what is due of one workflow (seed 001), or of all in their order, and exits. booking is what
      follows bookings: rows of sheets, messages to the business. Waits (the 60 s
      before an acceptance is read back) end the pass; the next one goes on. With --wait it follows
      through. Exit status 1 when something ended badly or was still open at the timeout.
      """,
    options: [
      .init(name: "wait", meaning: "stay until nothing is waiting any more"),
      .init(name: "timeout", value: "SECONDS", meaning: "give up after this long (600)"), json,
    ], words: 0...1
  ) { arguments, context in
    let which = arguments.words.first ?? "all"
    guard let pass = Pass(rawValue: which) else {
      throw UsageError(
        command: "run", "knows \(Pass.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let timeout = try arguments.int("timeout", or: 600, in: 1...86_400)
    let installation = try await Installation.open(context)
    try await installation.openShops()
    var pulled = PullReport()
    if pass == .pull || pass == .all {
      for shop in installation.shops {
        let puller = installation.puller(shop)
        let report = await puller.pass(.poll)
        pulled = pulled + report
        if puller.mayAsk { pulled = pulled + (await puller.rereadStale()) }
      }
    }
    var inbox = MessagePullReport()
    if pass == .messages || pass == .all {
      for shop in installation.shops {
        inbox = inbox + (await installation.inboxRounds(shop).pass())
      }
    }
    if pass == .all {
      for shop in installation.shops where installation.settings.offersEvery > .zero {
        try await installation.offerKeeper(shop).pass()
      }
    }
    var isDone = true
    if !pass.deeds.isEmpty {
      isDone = try await installation.pass(
        pass.deeds, waits: arguments.has("wait"), within: .seconds(timeout))
    }
    if pass == .booking || pass == .all {
      let worker = try installation.tailWorker()
      let isAllDone = await worker.drain(waits: arguments.has("wait"), within: .seconds(timeout))
      isDone = isDone && isAllDone
      _ = try await installation.housekeeper.round()
    }
    await installation.notifier.tell(within: Notifier.commandDeadline)
    let counts = try await installation.ledger.counts()
    await installation.close()
    let trouble = pulled.problem != nil || inbox.problem != nil || !isDone
    if arguments.has("json") {
      context.print(
        JSON.object([
          ("pass", .string(which)), ("pulled", pulled.json),
          ("messages", inbox.json), ("done", .bool(isDone)),
          ("orders", counts.ordersJSON), ("open_failures", .int(Int64(counts.openFailures))),
        ]).text)
    } else {
      if pass == .pull || pass == .all { context.print("pulled: \(pulled.words)") }
      if pass == .messages || pass == .all { context.print("messages: \(inbox.words)") }
      context.print("orders: " + counts.words)
      if !isDone { context.print("still open after \(timeout) s; `quayside effects` shows what") }
    }
    return trouble ? ExitStatus.trouble : ExitStatus.fine
  }

  enum Pass: String, CaseIterable {
    case acceptance, shipping, tracking, messages, booking, pull, all

    var deeds: Set<Deed> {
      switch self {
      case .acceptance: [.acceptOrder, .refuseOrder, .cancelOrder]
      case .shipping: [.buyLabel, .fetchLabel, .voidLabel, .refundLabel]
      case .tracking: [.postTracking, .markShipped]
      case .messages: [.sendMessage]
      case .booking, .pull: []
      case .all: Set(Deed.allCases)
      }
    }
  }

  static let pull = Command(
    name: "pull", summary: "Pulls orders now, or from a saved answer.",
    usage: "pull [--file orders.json]",
    details: """
      Without --file: one poll of every shop. With --file: a saved OR11 answer ({"orders": [...]}), a
      list of orders or one order goes through the same door as a poll: for support, backfill and
      import. Pulling an order again never resets what is known. Nothing is carried out here.
      """,
    options: [
      .init(name: "file", value: "PATH", meaning: "read this answer instead of the marketplace"),
      .init(name: "shop", value: "NAME", meaning: "the shop that it is for (the first)"),
      .init(name: "sweep", meaning: "the wide walk instead of the narrow one"), json,
    ]
  ) { arguments, context in
    let installation = try await Installation.open(context)
    try await installation.openShops()
    var report = PullReport()
    do {
      if let path = arguments.text("file") {
        let shop = try installation.shop(arguments.text("shop"))
        let bytes = try FileBytes.read(path, limit: 256 << 20)
        report = try await installation.puller(shop).take(saved: bytes)
      } else {
        for shop in installation.shops
        where arguments.text("shop") == nil || shop.settings.id == arguments.text("shop") {
          let walk: PullWalk = arguments.has("sweep") ? .sweep : .poll
          report = report + (await installation.puller(shop).pass(walk))
        }
      }
    } catch {
      await installation.close()
      throw error
    }
    await installation.close()
    context.print(arguments.has("json") ? report.json.text : report.words)
    return report.problem == nil ? ExitStatus.fine : ExitStatus.trouble
  }
}

extension Installation {
  /// One pass of a worker that knows these kinds only.
  func pass(_ deeds: Set<Deed>, waits: Bool, within limit: Duration) async throws -> Bool {
    try await worker(deeds: deeds).drain(waits: waits, within: limit)
  }

  func shop(_ id: String?) throws -> ShopClients {
    guard let id else { return shops[0] }
    guard let shop = shops.first(where: { $0.settings.id == id }) else {
      throw SettingsError("no shop '\(id)' in QUAYSIDE_SHOPS")
    }
    return shop
  }
}

extension PullReport {
  static func + (one: PullReport, other: PullReport) -> PullReport {
    var sum = one
    sum.add(other)
    return sum
  }

  var words: String {
    var text = "\(new) new, \(changed) changed, \(unchanged) unchanged"
    if parked > 0 { text += ", \(parked) parked" }
    if healed > 0 { text += ", \(healed) healed" }
    if unreadable > 0 { text += ", \(unreadable) unreadable" }
    if let problem { text += "; ended early: \(problem)" }
    return text
  }

  var json: JSON {
    .object([
      ("new", .int(Int64(new))), ("changed", .int(Int64(changed))),
      ("unchanged", .int(Int64(unchanged))), ("parked", .int(Int64(parked))),
      ("healed", .int(Int64(healed))), ("unreadable", .int(Int64(unreadable))),
      ("problem", .optional(problem)),
    ])
  }
}

extension Counts {
  var words: String {
    OrderStatus.allCases.compactMap { status in
      orders[status.rawValue].map { "\($0) \(status.rawValue)" }
    }.joined(separator: ", ")
  }

  var ordersJSON: JSON {
    .object(orders.sorted { $0.key < $1.key }.map { ($0.key, .int(Int64($0.value))) })
  }
}
