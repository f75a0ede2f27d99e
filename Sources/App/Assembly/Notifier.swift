import Kit
import Ledger
import Postgres
import Synchronization

/// Tells people: on the log always (the seeds' notification), and through a program of theirs, which gets every
/// open failure of the ledger until it has ended well once.
struct Notifier: Sendable {
  /// Between looks for failures to tell of.
  static let every = Duration.seconds(5)
  static let commandDeadline = Duration.seconds(60)

  /// Programs that are run beside each other for what is told once: an agent may cause any number of it.
  static let onceMax = 4

  let command: String?
  let ledger: Ledger
  let log: Log
  private let once = Once()

  private final class Once: Sendable {
    let underWay = Mutex(0)
  }

  init(command: String?, ledger: Ledger, log: Log) {
    self.command = command
    self.ledger = ledger
    self.log = log
  }

  func notify(_ failures: [ProcessFailure]) {
    for failure in failures {
      log.error(
        "needs a person",
        ["process": failure.processName, "order_id": failure.orderID ?? "", "why": failure.details])
    }
  }

  /// Of what is not kept among the failures: the program is run now, and not again.
  func tellOnce(_ failure: ProcessFailure) {
    notify([failure])
    guard let command else { return }
    let isFirst = once.underWay.withLock { count in
      guard count < Self.onceMax else { return false }
      count += 1
      return true
    }
    guard isFirst else { return log.warning("too much to tell at once: only logged") }
    Task {
      await tell(failure, by: command)
      once.underWay.withLock { $0 -= 1 }
    }
  }

  /// Runs people's program for what they are still to be told, until the task is cancelled.
  func run() async {
    guard command != nil else { return }
    while !Task.isCancelled {
      await tell(within: Self.commandDeadline)
      try? await Task.sleep(for: Self.every)
    }
  }

  /// Tells of all that is untold, one after the other, as far as it may begin within `limit`.
  func tell(within limit: Duration) async {
    guard let command else { return }
    let ends = ContinuousClock.now + limit
    do throws(PostgresError) {
      while ContinuousClock.now < ends, let next = try await ledger.takeUntold() {
        if await tell(next.failure, by: command) { try await ledger.wasTold(next) }
      }
    } catch {
      log.warning("nobody can be told at the moment", ["why": error.description])
    }
  }

  @discardableResult
  private func tell(_ failure: ProcessFailure, by command: String) async -> Bool {
    let json = JSON.object([
      ("process_name", .string(failure.processName)), ("order_id", .optional(failure.orderID)),
      ("details", .string(failure.details)),
      ("correlation_id", .optional(failure.correlationID)),
    ])
    do {
      let done = try await ChildProcess.run(
        ["sh", "-c", command], input: json.bytes, deadline: Self.commandDeadline)
      if done.status.isSuccess { return true }
      log.warning("the notify command failed", ["status": "\(done.status)"])
    } catch {
      log.warning("the notify command failed", ["why": "\(error)"])
    }
    return false
  }
}
