public import Kit
public import Ledger
public import Operations
import Postgres

/// A shop's rounds of customer service, for ever: pull what was written, let the rules judge it.
/// Runs beside the order cycle and shares nothing with it but the ledger.
public struct InboxRounds: Sendable {
  let puller: MessagePuller
  let rules: RulePass
  let ledger: Ledger
  let settings: InboxSettings
  let log: Log
  let wake: @Sendable () -> Void
  let metrics: Metrics

  /// - Parameter notify: tells people what waits for one of them.
  public init(
    ledger: Ledger, shop: ShopClients, settings: InboxSettings, files: AttachmentStore, log: Log,
    metrics: Metrics, wake: @escaping @Sendable () -> Void,
    notify: @escaping @Sendable ([ProcessFailure]) -> Void
  ) {
    puller = MessagePuller(
      ledger: ledger, shop: shop, settings: settings, files: files, log: log)
    rules = RulePass(ledger: ledger, shopID: shop.settings.id, log: log, notify: notify)
    self.ledger = ledger
    self.settings = settings
    self.log = log
    self.metrics = metrics
    self.wake = wake
  }

  /// Until the task is cancelled. Nothing at all where pulling is switched off.
  public func run() async {
    guard settings.pullEvery > .zero else { return }
    var nextPull = ContinuousClock.now
    while !Task.isCancelled {
      if ContinuousClock.now >= nextPull {
        count(await puller.pass())
        nextPull = .now + settings.pullEvery
      }
      await judge()
      try? await Task.sleep(for: min(settings.tick, settings.pullEvery))
    }
  }

  /// One pull and one look at the rules: what a person's script calls.
  public func pass() async -> MessagePullReport {
    let report = await puller.pass()
    count(report)
    await judge()
    return report
  }

  private func count(_ report: MessagePullReport) {
    let help = "Messages pulled, by who wrote them."
    let others = report.newMessages - report.newFromCustomers
    metrics.add(
      "quayside_messages_pulled_total", Double(report.newFromCustomers),
      labels: ["from": "customer"], help: help)
    metrics.add(
      "quayside_messages_pulled_total", Double(others), labels: ["from": "others"], help: help)
    metrics.add(
      "quayside_message_pull_problems_total", report.problem == nil ? 0 : 1,
      help: "Pulls of messages that ended early.")
  }

  private func judge() async {
    do {
      if try await rules.run() > 0 {
        wake()
        await ledger.announce()
      }
    } catch {
      log.warning("the rules could not look", ["why": error.description])
    }
  }
}
