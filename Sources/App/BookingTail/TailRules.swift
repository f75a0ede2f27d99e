import Kit

/// From what an error means to what becomes of the item. Pure.
struct TailRules: Sendable {
  let settings: TailSettings
  /// 0 up to 1, for the back-off's random share.
  let random: @Sendable () -> Double

  /// Of a try that failed.
  func outcome(
    _ error: OutsideError, tries: Int, settles: Duration, isHarmlessToRepeat: Bool
  ) -> TailOutcome {
    let reason = error.description
    switch error.classification {
    case .transient(let after), .throttled(let after): return again(reason, after, tries: tries)
    case .conflict: return again(reason, nil, tries: tries)
    case .unknownOutcome:
      return isHarmlessToRepeat
        ? again(reason, settles, tries: tries) : .lookUp(after: settles, reason: reason)
    case .refused, .notFound, .denied, .invalid, .needsPerson, .bug:
      return .failed(reason: person(error))
    }
  }

  /// One try more, unless they are used up.
  func again(_ reason: String, _ after: Duration?, tries: Int) -> TailOutcome {
    let made = tries + 1
    guard made < settings.triesMax else {
      return .failed(reason: "given up after \(made) tries: \(reason)")
    }
    let own = settings.backoff.delay(try: made, random: random())
    return .again(after: max(own, after ?? .zero), reason: reason)
  }

  /// Of a look that failed: whether the try before it worked is still open.
  func lookAgain(_ error: OutsideError, tries: Int) -> TailOutcome {
    let reason = error.description
    let looks = tries + 1
    switch error.classification {
    case .transient(let after), .throttled(let after):
      guard looks < settings.triesMax + settings.looksMax else { break }
      let own = settings.backoff.delay(try: looks, random: random())
      return .lookUp(after: max(own, after ?? .zero), reason: reason)
    case .conflict, .unknownOutcome, .refused, .notFound, .denied, .invalid, .needsPerson, .bug:
      break
    }
    return .failed(reason: "nobody knows whether it happened, and looking failed: \(person(error))")
  }

  /// The question for a person, where there is one.
  private func person(_ error: OutsideError) -> String {
    switch error.classification {
    case .denied(let words), .needsPerson(let words), .notFound(let words):
      words == error.message ? error.description : "\(error.service): \(words)"
    case .transient, .throttled, .refused, .conflict, .invalid, .unknownOutcome, .bug:
      error.description
    }
  }
}
