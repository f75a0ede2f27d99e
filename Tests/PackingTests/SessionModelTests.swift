import Kit
import Packing
import Testing

/// Every sequence of events at the bench, up to a depth, against a model so small that one can see
/// that it is right.
@Suite("Every way through a parcel")
struct SessionModelTests {
  enum Step: CaseIterable {
    case ram, drive, serial, usedSerial, wrong, again, read, swap, old, undo, print, label, other,
      takeOver, cancel
  }

  /// What the model remembers: counts and words, no codes, no rows.
  struct Model {
    enum Next { case parts, serial, removed, removedSerial, installed, installedSerial }
    enum Out { case ram, drive, old }

    var order: [Character] = []
    var next = Next.parts
    var out = Out.old
    var swapped = 0
    var isRed = false
    var isKims = true
    var isPrinted = false
    var isOff = false
    var end: PackingSession.State?

    var rams: Int { order.count { $0 == "r" || $0 == "R" } }
    var drives: Int { order.count { $0 == "d" || $0 == "D" } }
    var isWhole: Bool { rams == 2 && drives == 1 && next == .parts }

    /// - Returns: whether the parcel, its label or its next step changed as the packer wished.
    mutating func apply(_ step: Step) -> Bool {
      if step == .cancel {
        isOff = true
        return false
      }
      // A torn label may be printed again by whoever stands there.
      if end != nil { return end == .packed && step == .print && !isOff }
      if step == .takeOver {
        defer { isKims = false }
        return isKims
      }
      if step == .other {
        // Lee scans; the order is Kim's until it is taken over.
        return isKims ? false : scan(.ram)
      }
      if !isKims { return false }
      return scan(step)
    }

    private mutating func scan(_ step: Step) -> Bool {
      if isOff {
        end = .stopped
        next = .parts
        return false
      }
      if isRed {
        if step == .read { isRed = false }
        return false
      }
      switch step {
      case .read: return false
      case .undo:
        if next != .parts {
          next = .parts
          return true
        }
        guard let last = order.last, last.isLowercase else { return false }
        order.removeLast()
        return true
      case .print:
        guard isWhole else { return false }
        isPrinted = true
        return true
      case .swap:
        guard rams < 2 || drives < 1 else { return false }
        next = .removed
        return true
      case .ram, .drive, .serial, .usedSerial, .wrong, .old, .label, .again: return code(step)
      case .other, .takeOver, .cancel: return false
      }
    }

    private mutating func code(_ step: Step) -> Bool {
      switch next {
      case .parts: return place(step, isSwap: false)
      case .installed: return place(step, isSwap: true)
      case .serial, .installedSerial:
        guard step == .serial else { return red() }
        order.append(next == .serial ? "d" : "D")
        if next == .installedSerial { swapped += 1 }
        next = .parts
        return true
      case .removed:
        switch step {
        case .old: out = .old
        case .ram, .again: out = .ram
        case .drive:
          next = .removedSerial
          return true
        default: return red()
        }
        next = .installed
        return true
      case .removedSerial:
        guard step == .serial || step == .usedSerial else { return red() }
        out = .drive
        next = .installed
        return true
      }
    }

    private mutating func place(_ step: Step, isSwap: Bool) -> Bool {
      switch step {
      case .ram, .again:
        guard rams < 2, !isSwap || out != .ram else { return red() }
        order.append(isSwap ? "R" : "r")
        if isSwap { swapped += 1 }
        next = .parts
        return true
      case .drive:
        guard drives < 1, !isSwap || out != .drive else { return red() }
        next = isSwap ? .installedSerial : .serial
        return true
      case .label:
        // The order was whole when it was printed, but a part may have been taken back.
        guard !isSwap, isPrinted, isWhole else { return false }
        end = .packed
        return true
      default: return red()
      }
    }

    private mutating func red() -> Bool {
      isRed = true
      return false
    }
  }

  struct Real {
    var session = Bench.session()
    var clock: Int64 = 0
    var isOff = false
    var bookings: [PackingBooking] = []

    mutating func apply(_ step: Step) -> Bool {
      clock += 10_000
      let before = (
        session.placed, session.awaiting, session.printed, session.state, session.packer
      )
      let event: PackingEvent
      var actor = "kim"
      switch step {
      case .cancel:
        isOff = true
        return false
      case .ram: event = scan("RAM-8")
      case .again: event = scan("RAM-8RAM-8")
      case .drive: event = scan("SSD-1")
      case .serial: event = scan("SN-1")
      case .usedSerial: event = scan("SN-OLD")
      case .wrong: event = scan("270000999-A")
      case .old: event = scan("RAM-4")
      case .label: event = scan(Bench.pin)
      case .read: event = .acknowledge
      case .swap: event = .swap
      case .undo: event = .undo
      case .print: event = .print(anyway: true)
      case .other:
        event = scan("RAM-8")
        actor = "lee"
      case .takeOver:
        event = .takeOver
        actor = "lee"
      }
      var standing = OrderStanding(trackingPIN: Bench.pin)
      if isOff { standing.offReason = "cancelled" }
      let around = Bench.around(
        event, standing: standing, usedSerials: ["SN-OLD": "270000001-A"], session: session)
      let verdict = session.take(event, by: actor, around)
      bookings += verdict.bookings
      if verdict.outcome.code == .orderOff { return false }
      // Printing a second time changes nothing and is well done all the same.
      return verdict.outcome.code == .printed
        || (session.placed, session.printed, session.packer) != (before.0, before.2, before.4)
        || session.awaiting != before.1 || session.state != before.3
        || verdict.outcome.code == .swapBegun
    }

    private func scan(_ text: String) -> PackingEvent {
      .scan(ScannedText(text, capturedAt: clock))
    }
  }

  private func check(_ model: Model, _ real: Real, _ path: [Step]) -> Bool {
    let session = real.session
    let swaps = real.bookings.count { if case .swap = $0 { true } else { false } }
    let packed = real.bookings.count { if case .packed = $0 { true } else { false } }
    let isSame =
      session.placed.count { $0.itemKey == Bench.ram.key } == model.rams
      && session.placed.count { $0.itemKey == Bench.drive.key } == model.drives
      && (session.alarm != nil) == (model.isRed && model.end == nil)
      && (session.packer == "kim") == model.isKims && (session.printed != nil) == model.isPrinted
      && session.state == model.end ?? .open && swaps == model.swapped
      && packed == (model.end == .packed ? 1 : 0)
      && (session.awaiting == .parts) == (model.next == .parts)
    if !isSame { Issue.record("\(path): \(session); the model: \(model)") }
    return isSame
  }

  private func walk(
    _ model: Model, _ real: Real, depth: Int, _ path: [Step], _ visited: inout Int,
    _ ends: inout [PackingSession.State: Int]
  ) async {
    guard depth > 0 else { return }
    // So many are walked that other tests, whose calls have deadlines, would wait for their turn in vain.
    if depth == 3 { await Task.yield() }
    for step in Step.allCases {
      var (model, real) = (model, real)
      let (may, did) = (model.apply(step), real.apply(step))
      visited += 1
      guard may == did else {
        Issue.record("\(path + [step]): \(did), the model: \(may); \(real.session)")
        continue
      }
      guard check(model, real, path + [step]) else { continue }
      if let end = model.end { ends[end, default: 0] += 1 }
      await walk(model, real, depth: depth - 1, path + [step], &visited, &ends)
    }
  }

  private func count(_ depth: Int) -> Int {
    (1...depth).reduce(0) { sum, n in sum + (0..<n).reduce(1) { k, _ in k * Step.allCases.count } }
  }

  @Test("every sequence to depth 5, from an order that was just opened")
  func fromTheBeginning() async {
    var (visited, ends) = (0, [PackingSession.State: Int]())
    await walk(Model(), Real(), depth: 5, [], &visited, &ends)
    #expect(visited == count(5))
    #expect(ends[.stopped, default: 0] > 1_000)
  }

  @Test("every sequence to depth 4, from the middle of a swap and from a whole parcel")
  func fromLater() async {
    for beginning in [
      [Step.ram, .swap, .old], [.ram, .drive], [.ram, .drive, .serial, .ram],
      [.swap, .old, .ram, .drive, .serial, .ram, .print],
    ] {
      var (model, real) = (Model(), Real())
      for step in beginning { #expect(model.apply(step) && real.apply(step), "\(beginning)") }
      var (visited, ends) = (0, [PackingSession.State: Int]())
      await walk(model, real, depth: 4, beginning, &visited, &ends)
      #expect(visited == count(4))
      if beginning.last == .print { #expect(ends[.packed, default: 0] > 100) }
    }
  }
}
