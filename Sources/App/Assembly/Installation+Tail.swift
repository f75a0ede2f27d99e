import BookingTail
import Google
import HTTPClient
import Kit
import Ledger
import Operations
import Postgres
import Push

extension Installation {
  /// Carries out what follows bookings.
  func tailWorker() throws -> TailWorker {
    let tail = settings.tail
    let http = HTTPClient(
      .init(
        allowedOrigins: tail.origins, maxConnectionsPerHost: 16,
        userAgent: "Quayside/\(Help.version)", caFile: settings.caFile))
    let (ledger, log) = (ledger, log)
    let accounts = GoogleAccounts(
      tail.endpoints, http: http,
      record: { call in
        do throws(PostgresError) { try await ledger.keep([call]) } catch {
          log.warning("a call for a token was not kept", ["why": error.description])
        }
      })
    let directory = TailDirectory(
      .init(
        accounts: accounts, keyFile: tail.keyFile, project: tail.project,
        ntfy: tail.ntfyURL.map { .live(url: $0, token: tail.ntfyToken, http: http) }))
    return try TailWorker(
      ledger: ledger, directory: directory, settings: tail.settings,
      .init(
        stateFolder: settings.stateFolder, log: log, metrics: metrics,
        idlePoll: settings.cycle.idlePoll, notify: notifier.notify))
  }

  var housekeeper: Housekeeper {
    Housekeeper(ledger: ledger, keepDrafts: settings.tail.keepDrafts, log: log)
  }

  /// What follows bookings, and what is past its life, until the task is cancelled.
  func workOnBookings() async {
    do {
      let worker = try tailWorker()
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await worker.run() }
        group.addTask { await worker.sweepNightly() }
        group.addTask {
          await housekeeper.run()
        }
      }
    } catch {
      log.error("nothing is done after bookings", ["why": "\(error)"])
    }
  }
}
