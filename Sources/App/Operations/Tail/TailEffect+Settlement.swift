import BookingTail
import Effects
import Kit
import Ledger

extension TailEffect {
  /// What the ledger keeps of a verdict; without one the work is no longer wanted.
  func settlement(_ outcome: TailOutcome?) -> TailSettlement {
    switch outcome {
    case nil:
      TailSettlement(
        effectID: effectID, state: .cancelled, wasTried: false,
        outcome: "the business has switched it off")
    case .done?:
      TailSettlement(effectID: effectID, state: .confirmed, wasTried: true, outcome: "seen")
    case .again(let after, let reason)?:
      TailSettlement(
        effectID: effectID, state: .planned, after: after, wasTried: true, outcome: reason)
    case .later(let after, let reason)?:
      // Nothing was sent: what was open about an earlier try still is.
      TailSettlement(
        effectID: effectID, state: state == .unknown ? .unknown : .planned, after: after,
        wasTried: false, outcome: reason)
    case .lookUp(let after, let reason)?:
      TailSettlement(
        effectID: effectID, state: .unknown, after: after, wasTried: true, outcome: reason)
    case .failed(let reason)?:
      TailSettlement(
        effectID: effectID, state: .needsPerson, wasTried: true, outcome: reason,
        failure: ProcessFailure(
          processName: processName, orderID: orderID, effectID: effectID, details: reason,
          correlationID: correlationID))
    }
  }

  private var processName: String {
    switch kind {
    case .syncSheet: "Sync Sheet"
    case .sendPush: "Send Push"
    }
  }
}

extension TailSettlement {
  /// The last word of its event in the log.
  var event: String {
    switch state {
    case .confirmed: "done"
    case .needsPerson, .refused: "failed"
    case .cancelled: "cancelled"
    case .planned, .sending, .verifying: "retry"
    case .unknown: "unknown"
    }
  }
}
