import Kit
import Packing
import People
import Postgres

/// Everything that one event at the bench writes.
struct PackingChange: Sendable {
  var request: PackingRequest
  var outcome: PackingOutcome
  var before: PackingSession?
  var after: PackingSession?
  /// Shown to the packer, but not changed: somebody else's, or one that is over.
  var isOnlyShown = false
  var shopID: String?
  var bookings: [PackingBooking] = []
  /// Orders to choose from.
  var choices: [String] = []
  var now: Timestamp

  /// What the client is told, now and whenever it asks again.
  var answer: JSON {
    [
      "client": .string(request.client.text), "seq": .int(request.seq),
      "code": .string(outcome.code.rawValue), "tone": .string(outcome.tone.rawValue),
      "word": .string(outcome.word), "message": .string(Plain.text(outcome.message)),
      "item": .optional(outcome.itemKey), "session": .optional(after?.id.text),
      "order": .optional(after?.orderID), "version": .optional(after?.version),
      "state": .optional(after?.state.rawValue), "prints": .bool(outcome.code.prints),
      "choices": .array(choices.map(JSON.string)),
    ]
  }

  func add(to batch: inout PostgresBatch) {
    if let after, !isOnlyShown, let shopID {
      _ = batch.add(WritePackingSession(now: now, session: after, shopID: shopID))
      addSerials(after, to: &batch)
      for booking in bookings { add(booking, after, to: &batch) }
      let failures = sequel.failures
      if !failures.isEmpty { _ = batch.add(InsertFailures(now: now, failures: failures)) }
      if after.state == .packed || after.state == .stopped {
        _ = batch.add(LeavePackingQueue(orderID: after.orderID))
      }
    }
    let acts = [act].compactMap(\.self) + returns
    if !acts.isEmpty { _ = batch.add(RecordActs(acts)) }
    _ = batch.add(
      InsertPackingScan(
        now: now, request: request, session: after?.id, orderID: after?.orderID, outcome: outcome,
        answer: answer.bytes))
  }

  /// What follows outside once this is written.
  var sequel: PackingReply.Sequel {
    var sequel = PackingReply.Sequel()
    guard let after, !isOnlyShown else { return sequel }
    for booking in bookings {
      switch booking {
      case .swap, .cameBack: break
      case .packed: sequel.packed = after.orderID
      case .hold(let reason):
        sequel.failures.append(
          ProcessFailure(
            processName: ProcessFailure.packing, orderID: after.orderID, effectID: nil,
            details: "\(reason); told by \(request.actor)", correlationID: Log.correlationID))
      }
    }
    return sequel
  }

  /// What an auditor asks for beside the log of scans: who had an order, what was printed, which parts
  /// were swapped, and how it ended.
  private var act: Act? {
    let isSwap = bookings.contains { if case .swap = $0 { true } else { false } }
    let verb: String
    switch outcome.code {
    case .opened: verb = "open"
    case .takenOver: verb = "take_over"
    case .left: verb = "put_down"
    case .printed: verb = "print"
    case .printedUnverified: verb = "print_unverified"
    case .shortPicked: verb = "put_aside"
    case .packed: verb = "close"
    case .swapped: verb = "swap"
    // The swap was the last that was missing.
    case .complete where isSwap: verb = "swap"
    default: return nil
    }
    guard let after else { return nil }
    return Act(
      request.account, "packing.\(verb)", on: "order:\(after.orderID)", outcome.message)
  }

  /// Pieces that go out again: where each of them was before.
  private var returns: [Act] {
    guard let after else { return [] }
    return bookings.compactMap { booking -> Act? in
      guard case .cameBack(let serial, let from) = booking else { return nil }
      return Act(
        request.account, "packing.serial_back", on: "order:\(after.orderID)",
        "\(serial) had left with order \(from)")
    }
  }

  /// What the session holds is out; what it holds no longer is on the shelf, and so are the pieces of a
  /// session that ended without a parcel.
  private func addSerials(_ after: PackingSession, to batch: inout PostgresBatch) {
    let old = before?.placed ?? []
    let held = Set(old.compactMap(\.serial))
    var released: [String] = []
    if after.state == .stopped {
      released = after.placed.compactMap(\.serial)
    } else if after.state == .held {
      // A swapped piece stays in the machine.
      released = after.placed.filter { $0.removed == nil }.compactMap(\.serial)
    } else {
      let kept = Set(after.placed.compactMap(\.serial))
      released = held.subtracting(kept).sorted()
    }
    let new = after.placed.filter { placement in
      before != nil && placement.serial.map { !held.contains($0) } ?? false
    }
    if !released.isEmpty {
      _ = batch.add(ReleaseSerials(now: now, serials: released, orderID: after.orderID))
    }
    let removed = new.compactMap(\.removed?.serial)
    if !removed.isEmpty {
      _ = batch.add(ReleaseSerials(now: now, serials: removed, orderID: nil))
    }
    guard !new.isEmpty else { return }
    let from = bookings.compactMap { booking -> String? in
      guard case .cameBack(_, let from) = booking else { return nil }
      return from
    }
    _ = batch.add(
      ReleaseEarlierSerials(
        now: now, serials: new.compactMap(\.serial), orderID: after.orderID, from: from))
    _ = batch.add(InsertSerials(now: now, session: after, placed: new))
  }

  private func add(
    _ booking: PackingBooking, _ session: PackingSession, to batch: inout PostgresBatch
  ) {
    switch booking {
    case .swap(let line, let installed, let removed):
      _ = batch.add(
        BookSwap(
          now: now, actor: request.actor, session: session, lineID: line, installed: installed,
          removed: removed))
    case .hold(let reason):
      _ = batch.add(
        HoldOrders(
          now: now,
          holds: [
            OrderHold(
              orderID: session.orderID, reason: reason, actor: request.account.signature)
          ]))
    case .packed(let generation):
      _ = batch.add(MarkPacked(now: now, orderID: session.orderID, generation: generation))
    // With the serial numbers, which it has to come before.
    case .cameBack: break
    }
  }
}
