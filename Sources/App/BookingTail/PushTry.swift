import Kit
import Push

/// One try of one message.
struct PushTry {
  let rules: TailRules
  let settings: TailSettings

  func carryOut(
    _ item: TailItem, _ message: PushMessage, _ sender: PushSender
  ) async -> TailReport {
    let id = item.correlationID ?? "push/\(message.orderID)/\(item.tries + 1)"
    return await Log.$correlationID.withValue(id) {
      var calls: [CallRecord] = []
      let outcome = await attempt(item, message, sender, &calls)
      return TailReport(
        verdicts: [TailVerdict(itemID: item.id, outcome: outcome)], calls: calls)
    }
  }

  private func attempt(
    _ item: TailItem, _ message: PushMessage, _ sender: PushSender, _ calls: inout [CallRecord]
  ) async -> TailOutcome {
    var isHarmless = false
    switch sender.lost {
    case .collapses: isHarmless = true
    case .lookUp(let find):
      guard item.mayBeDone else { break }
      let answer = await find(message)
      calls.append(answer.call)
      switch answer.result {
      case .success(true): return .done
      case .success(false): break
      case .failure(let error): return rules.lookAgain(error, tries: item.tries)
      }
    }
    guard item.tries < settings.triesMax else {
      return .failed(reason: "given up after \(item.tries) tries: the message is not there")
    }
    let answer = await sender.send(message)
    calls.append(answer.call)
    switch answer.result {
    case .success: return .done
    case .failure(let error):
      return rules.outcome(
        error, tries: item.tries, settles: settings.pushSettles, isHarmlessToRepeat: isHarmless)
    }
  }
}
