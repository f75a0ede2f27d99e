import Effects
import Kit
import Ledger

extension CycleDecisions {
  /// What became of a message: written to its conversation, and to people where the rules ran out.
  mutating func concludeMessage(_ effect: ClaimedEffect, _ step: Step, _ report: Report) {
    for finding in report.findings {
      if case .messageSeen(let sent) = finding { add(sent) }
    }
    switch step {
    case .refused(let why), .ask(let why):
      add(.trouble(effect: effect.effectID, why: why))
      add(
        ProcessFailure(
          processName: ProcessFailure.customerService, orderID: effect.orderID,
          effectID: effect.effectID,
          details: "a message was not sent, or nobody knows: \(why)",
          correlationID: report.lastCall?.correlationID))
    case .done, .verify, .again, .lost, .lookAgain, .pointless, .released, .held: break
    }
  }
}
