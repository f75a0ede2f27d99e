extension PackingSession {
  /// What an event came to: the outcome for the packer, and what the ledger has to write with it.
  public struct Verdict: Sendable, Equatable {
    public var outcome: PackingOutcome
    public var bookings: [PackingBooking] = []

    init(
      _ code: PackingOutcome.Code, _ message: String, item: String? = nil,
      bookings: [PackingBooking] = []
    ) {
      outcome = PackingOutcome(code, message, item: item)
      self.bookings = bookings
    }
  }

  /// The only way to a new state. A refusal changes nothing but the log, the version and the alarm.
  public mutating func take(
    _ event: PackingEvent, by actor: String, _ around: PackingSurroundings
  ) -> Verdict {
    version += 1
    let verdict = decide(event.resolved, by: actor, around)
    if verdict.outcome.tone == .bad, state == .open, alarm == nil {
      alarm = Alarm(code: verdict.outcome.code, message: verdict.outcome.message)
    }
    // Answered by the very next step, or not at all.
    if ![.confirmSerial, .repeated, .othersOrder].contains(verdict.outcome.code) {
      confirming = nil
    }
    return verdict
  }

  private mutating func decide(
    _ event: PackingEvent, by actor: String, _ around: PackingSurroundings
  ) -> Verdict {
    if state == .packed, case .print = event { return reprint(around) }
    guard state == .open else { return Verdict(.alreadyOver, over) }
    if event == .takeOver { return takeOver(by: actor) }
    guard packer == actor || packer.isEmpty else {
      return Verdict(.othersOrder, "\(packer) has this order in hand. Take it over, or leave it.")
    }
    if let off = around.standing.offReason { return stop(off) }
    packer = actor
    if event == .leave { return leave() }
    if let alarm {
      guard event == .acknowledge else { return Verdict(.alarmStands, alarm.message) }
      self.alarm = nil
      return Verdict(.acknowledged, "Go on with the next part.")
    }
    switch event {
    case .scan(let scan): return take(scan, around)
    case .acknowledge: return Verdict(.acknowledged, "Go on with the next part.")
    case .swap: return beginSwap()
    case .undo: return undo()
    case .print(let anyway): return print(anyway: anyway, around)
    case .seal: return seal(byScan: false, around)
    case .shortPick(let short): return hold(short)
    case .takeOver, .leave: return Verdict(.acknowledged, "")
    }
  }

  private var over: String {
    switch state {
    case .open: ""
    case .packed: "This parcel is packed."
    case .held: "This order was put aside: \(reason ?? "something is missing")."
    case .stopped: "This order is off: \(reason ?? "cancelled"). Put the parts back."
    }
  }

  // MARK: Who

  private mutating func takeOver(by actor: String) -> Verdict {
    guard packer != actor else { return Verdict(.takenOver, "It was yours already.") }
    let before = packer
    packer = actor
    return Verdict(.takenOver, before.isEmpty ? "It is yours now." : "Taken over from \(before).")
  }

  private mutating func leave() -> Verdict {
    packer = ""
    return Verdict(.left, "Anyone may go on with it.")
  }

  // MARK: Ends

  mutating func stop(_ why: String) -> Verdict {
    state = .stopped
    reason = why
    alarm = nil
    awaiting = .parts
    return Verdict(.orderOff, "\(why). Do not send it; put the parts back.")
  }

  private mutating func hold(_ short: ShortPick) -> Verdict {
    var words = short.reason.words
    if let item = short.itemKey.flatMap(bill.item) { words = "\(item.name): \(words)" }
    if !short.note.isEmpty { words += " (\(short.note))" }
    state = .held
    reason = words
    awaiting = .parts
    return Verdict(
      .shortPicked, "Put aside: \(words). A person was told.",
      bookings: [.hold("short at the bench: \(words)")])
  }

  // MARK: Label

  private func labelProblem(_ standing: OrderStanding) -> Verdict? {
    if let why = standing.offReason {
      return Verdict(.orderOff, "\(why). Do not send it; put the parts back.")
    }
    if let why = standing.holdReason { return Verdict(.orderHeld, "The order is held: \(why).") }
    if standing.isLabelVoid {
      return Verdict(.labelVoid, "The label was voided. A new one has to be bought first.")
    }
    guard standing.hasLabel else { return Verdict(.noLabel, "There is no label yet.") }
    return nil
  }

  private mutating func print(anyway: Bool, _ around: PackingSurroundings) -> Verdict {
    if let problem = labelProblem(around.standing) { return problem }
    let left = missing.joined(separator: ", ")
    let rest = left.isEmpty ? "a step is not finished" : "missing: \(left)"
    guard !isVerified else {
      printed = around.standing.generation
      return Verdict(.printed, "Stick the label on the parcel, then scan it.")
    }
    switch around.mode {
    case .block: return Verdict(.notVerified, "No label yet; \(rest).")
    case .warn:
      guard anyway else {
        return Verdict(.confirmUnverified, "Not everything was scanned; \(rest). Print anyway?")
      }
      printed = around.standing.generation
      return Verdict(.printedUnverified, "Printed although not everything was scanned; \(rest).")
    case .off:
      printed = around.standing.generation
      return Verdict(.printed, "Stick the label on the parcel, then scan it.")
    }
  }

  /// A torn label of a packed parcel may be printed again.
  private func reprint(_ around: PackingSurroundings) -> Verdict {
    if let problem = labelProblem(around.standing) { return problem }
    guard printed == around.standing.generation else {
      return Verdict(
        .labelVoid, "The parcel got another label since. Scan the order to pack it anew.")
    }
    return Verdict(.printed, "Printed again.")
  }

  mutating func seal(byScan: Bool, _ around: PackingSurroundings) -> Verdict {
    if let problem = labelProblem(around.standing) { return problem }
    guard let printed, printed == around.standing.generation else {
      return Verdict(.notPrinted, "Print the label first.")
    }
    if around.mode == .block {
      guard isVerified else {
        return Verdict(.notVerified, "Not complete; missing: \(missing.joined(separator: ", ")).")
      }
      guard byScan else { return Verdict(.scanToSeal, "Scan the label on the parcel.") }
    }
    state = .packed
    awaiting = .parts
    return Verdict(.packed, "Done. Scan the next order.", bookings: [.packed(generation: printed)])
  }

  // MARK: Back

  private mutating func undo() -> Verdict {
    if awaiting != .parts {
      awaiting = .parts
      return Verdict(.undone, "That step was given up.")
    }
    guard let last = placed.last else { return Verdict(.nothingToUndo, "Nothing was scanned yet.") }
    guard last.removed == nil else {
      return Verdict(
        .swapStays, "The last step was a swap; stock was booked. Correct it in the inventory.")
    }
    placed.removeLast()
    let name = bill.item(last.itemKey)?.name ?? "a part"
    return Verdict(.undone, "\(name) is out of the parcel again.", item: last.itemKey)
  }
}
