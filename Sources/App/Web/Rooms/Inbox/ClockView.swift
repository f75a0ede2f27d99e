import Conversations
import Kit
import Ledger

/// The answer-by clock, in words and a colour.
struct ClockView: Sendable {
  let visit: Visit

  @MarkupBuilder func badge(_ thread: ThreadSummary) -> Markup {
    if let answerBy = thread.answerBy {
      let urgency = AnswerClock.urgency(
        answerBy: answerBy, within: thread.answerWithin, now: visit.now)
      Tag.span(.class("badge", urgency.tone.rawValue), .title("Answer by \(answerBy.iso8601)")) {
        words(answerBy, urgency)
      }
    } else if thread.status == .unread {
      Parts.badge("New", .calm)
    }
  }

  private func words(_ answerBy: Timestamp, _ urgency: AnswerClock.Urgency) -> String {
    let distance = visit.moments.distance(answerBy)
    return switch urgency {
    case .none: ""
    case .onTime, .soon: "Answer \(distance)"
    case .overdue: "Overdue, \(distance)"
    }
  }
}

extension AnswerClock.Urgency {
  var tone: Tone {
    switch self {
    case .none: .off
    case .onTime: .calm
    case .soon: .warn
    case .overdue: .bad
    }
  }
}
