import Kit
import Ledger
import Operations
import Postgres
import Sandbox

extension Command {
  static let migrate = Command(
    name: "migrate", summary: "Brings the database's schema up to date.",
    usage: "migrate [--check]",
    details: "Any number of processes may call it at once; an advisory lock lets one do the work.",
    options: [
      .init(name: "check", meaning: "change nothing; exit status 4 when something is to be done")
    ]
  ) { arguments, context in
    let installation = try await Installation.open(context, schema: .any)
    do {
      let connection = try await PostgresConnection.open(
        installation.configuration, deadline: .seconds(30))
      if arguments.has("check") {
        if let problem = try await LedgerSchema.migrator.problem(on: connection) { throw problem }
        context.print("the schema is up to date")
      } else {
        if let schema = installation.configuration.schema {
          try await connection.script(
            "create schema if not exists \(schema)", deadline: .seconds(10))
        }
        let done = try await LedgerSchema.migrator.migrate(on: connection)
        context.print(
          done.isEmpty ? "the schema is up to date" : "applied: " + done.joined(separator: ", "))
      }
    } catch {
      await installation.close()
      throw error
    }
    await installation.close()
    return ExitStatus.fine
  }

  static let doctor = Command(
    name: "doctor", summary: "Checks database, schema, keys, clock, disk and the outside's hosts.",
    usage: "doctor", options: [json]
  ) { arguments, context in
    let findings = await Doctor(context: context).examine()
    if arguments.has("json") {
      context.print(
        JSON.array(
          findings.map { finding in
            .object([
              ("check", .string(finding.check)), ("ok", .bool(finding.isFine)),
              ("says", .string(finding.says)),
            ])
          }
        ).text)
    } else {
      for finding in findings {
        context.print(
          "\(finding.isFine ? "ok  " : "BAD ")\(finding.check.padded(to: 22)) \(finding.says)")
      }
    }
    return findings.allSatisfy(\.isFine) ? ExitStatus.fine : ExitStatus.trouble
  }

  static let sandbox = Command(
    name: "sandbox",
    summary: "Mirakl, Canada Post, Google and ntfy, simulated, with dials for every fault.",
    usage: "sandbox [--port N]",
    details: """
      Serves the marketplace under /api, the carrier under /rs and /vis, and its controls under
      /control: POST /control/orders {"count":10,"kinds":["normal"]}, PUT /control/dials
      {"seed":7,"rules":[{"call":"create_shipment","fault":"answer_lost","probability":0.1}]},
      POST /control/orders/ID/cancel, GET /control/tally, GET /control/requests,
      POST /control/reset, GET /control/health. Keys: sandbox-key (shop 2001), sandbox-key-2 (2002);
      carrier sandbox-user / sandbox-password, customer 0000900001, contract 0099887766. Google is
      under /token, /v4 and /v1, a push server under /ntfy; GET /control/google/service-account gives
      a key file, and the spreadsheet is sandbox-spreadsheet.
      """,
    options: [
      .init(name: "port", value: "N", meaning: "0 takes a free one (8090)"),
      .init(name: "host", value: "ADDRESS", meaning: "to listen on (127.0.0.1)"),
      .init(name: "orders", value: "N", meaning: "invent so many orders at once"),
      .init(name: "no-group-limits", meaning: "let a group hold more than 5,000 shipments"),
      .init(name: "seed", value: "N", meaning: "decides invented orders and random faults (1)"),
      .init(
        name: "delay-ms", value: "N", meaning: "of every step of an order at the marketplace (0)"),
      .init(name: "canned", meaning: "canned answers without any rule, for measuring"),
    ]
  ) { arguments, context in
    let host = arguments.text("host") ?? "127.0.0.1"
    let port = try arguments.int("port", or: 8090, in: 0...65_535)
    if arguments.has("canned") {
      let canned = try CannedUpstream.start(host: host, port: port)
      context.print(canned.baseURL)
      await untilShutdown()
      await canned.stop()
      return ExitStatus.fine
    }
    var settings = SandboxSettings()
    settings.seed = UInt64(try arguments.int("seed", or: 1, in: 0...Int.max))
    settings.enforcesGroupLimits = !arguments.has("no-group-limits")
    let delay = Duration.milliseconds(try arguments.int("delay-ms", or: 0, in: 0...600_000))
    settings.acceptDelay = delay
    settings.debitDelay = delay
    settings.paymentDelay = delay
    let sandbox = try Sandbox.start(host: host, port: port, settings: settings)
    let count = try arguments.int("orders", or: 0, in: 0...1_000_000)
    if count > 0 { sandbox.addOrders(count: count) }
    context.print(sandbox.baseURL)
    await untilShutdown()
    await sandbox.stop()
    return ExitStatus.fine
  }

  private static func untilShutdown() async {
    await until(Shutdown.signals()) {
      while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
    }
  }
}
