import Kit
import Ledger

/// Tells people: on the log always (the seeds' notification), and through a program of theirs.
struct Notifier: Sendable {
  let settings: Settings
  let log: Log

  func notify(_ failures: [ProcessFailure]) {
    for failure in failures {
      log.error(
        "needs a person",
        ["process": failure.processName, "order_id": failure.orderID ?? "", "why": failure.details])
      guard let command = settings.notifyCommand else { continue }
      let json = JSON.object([
        ("process_name", .string(failure.processName)), ("order_id", .optional(failure.orderID)),
        ("details", .string(failure.details)),
        ("correlation_id", .optional(failure.correlationID)),
      ])
      Task {
        do {
          let done = try await ChildProcess.run(
            ["sh", "-c", command], input: json.bytes, deadline: .seconds(60))
          if !done.status.isSuccess {
            log.warning("the notify command failed", ["status": "\(done.status)"])
          }
        } catch {
          log.warning("the notify command failed", ["why": "\(error)"])
        }
      }
    }
  }
}
