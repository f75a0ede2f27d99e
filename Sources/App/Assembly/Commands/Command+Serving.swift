import BookingAPI
import HTTPServer
import Kit
import MCP
import Operations
import Web

extension Command {
  static let serve = Command(
    name: "serve", summary: "Pages, API and /metrics; pulls and works as well.",
    usage: "serve [--pages-only]",
    details: """
      Runs until SIGTERM or SIGINT, then finishes what is under way. With --pages-only the pulling and
      the work are left to `quayside work` processes.
      """,
    options: [.init(name: "pages-only", meaning: "neither pull nor work")]
  ) { arguments, context in
    let signals = Shutdown.signals()
    let installation = try await Installation.open(context)
    try await installation.openShops()
    let worker = arguments.has("pages-only") ? nil : try installation.worker()
    let site = installation.website(title: "Quayside")
    let api = BookingAPI(service: installation.bookings, metrics: installation.metrics)
    let mcp = MCPDoor(
      service: installation.bookings, origins: context.settings.mcpOrigins, version: Help.version)
    let server = try HTTPServer.start(
      host: context.settings.listenHost, port: context.settings.listenPort,
      limits: HTTPServerLimits(bodyBytes: Website.bodyBytesMax)
    ) { request in
      if BookingAPI.isMine(request) { return await api.answer(request) }
      if MCPDoor.isMine(request) { return await mcp.answer(request) }
      return await site.answer(request)
    }
    context.print("http://\(context.settings.listenHost):\(server.port)/")
    await until(signals) {
      if let worker {
        await installation.work(worker)
      } else {
        await installation.attend()
      }
    }
    mcp.close()
    await server.stop()
    await installation.close()
    return ExitStatus.fine
  }

  static let work = Command(
    name: "work", summary: "Carries out what is due; any number of these share one database.",
    usage: "work [--no-pull]",
    details: "Runs until SIGTERM or SIGINT, then finishes what is under way.",
    options: [.init(name: "no-pull", meaning: "leave the pulling to another process")]
  ) { arguments, context in
    let signals = Shutdown.signals()
    let installation = try await Installation.open(context)
    try await installation.openShops()
    let worker = try installation.worker()
    await until(signals) { await installation.work(worker, pulls: !arguments.has("no-pull")) }
    await installation.close()
    return ExitStatus.fine
  }

  /// Runs `body` until it ends or a signal asks for the end; then cancels it and waits for it. The
  /// stream is taken before anything is opened: a signal that comes meanwhile waits.
  static func until(
    _ signals: AsyncStream<Int32>, _ body: @escaping @Sendable () async -> Void
  ) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await body() }
      group.addTask { for await _ in signals { return } }
      await group.next()
      group.cancelAll()
    }
  }
}
