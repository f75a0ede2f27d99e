import CanadaPost
import Effects
import Kit
import Synchronization

extension Hands {
  /// Why a search for labels did not come to its end, as the effect's step.
  struct Unfinished: Error { var step: Step }

  /// Whose labels are looked for.
  struct Wanted: Sendable {
    var requestID: String
    var orderID: String
  }

  /// Between looks at what other searches read at this moment.
  private static let glance = Duration.milliseconds(50)
  /// A search that its lease is too short for goes on under another one, so not at once.
  private static let pause = Duration.milliseconds(1)

  /// All labels that exist under a request id, proved to be ours by their details: request id and
  /// customer-ref-1. Contract accounts are searched by request id, others by time window.
  ///
  /// A window holds all that was bought meanwhile. Whose each is, is read once (`KnownShipments`): a search
  /// that the carrier throttled, or whose lease ended, goes on where it was, and searches at the same time
  /// share the reading.
  func matches(
    _ effect: ClaimedEffect, _ wanted: Wanted, calls: inout [CallRecord]
  ) async -> Result<[ShipmentInfo], Unfinished> {
    let found = await shop.carrier.search(requestID: wanted.requestID, since: effect.createdAt)
    calls.append(found.call)
    var left: [String]
    switch found.result {
    case .failure(let error): return .failure(unfinished(error, effect))
    case .success(let hits): left = hits
    }
    var infos: [ShipmentInfo] = []
    while !left.isEmpty {
      var readByOthers: [String] = []
      for href in left {
        switch shipments.look(at: href) {
        case .isBeingRead:
          readByOthers.append(href)
          continue
        case .known(let names) where !names.are(wanted): continue
        // Ours is read again: it may be voided by now.
        case .known, .isToBeRead: break
        }
        switch await info(at: href, effect, wanted, &calls) {
        case .failure(let unfinished): return .failure(unfinished)
        case .success(let info?): infos.append(info)
        case .success(nil): break
        }
      }
      if readByOthers.count == left.count {
        guard ContinuousClock.now < lastCall(of: effect) else { return .failure(outOfTime) }
        try? await Task.sleep(for: Self.glance)
      }
      left = readByOthers
    }
    return .success(infos)
  }

  /// A hit of the search; `nil` when it is none of ours.
  private func info(
    at href: String, _ effect: ClaimedEffect, _ wanted: Wanted, _ calls: inout [CallRecord]
  ) async -> Result<ShipmentInfo?, Unfinished> {
    var names: ShipmentNames?
    defer { shipments.end(href, names) }
    if let unfinished = await noTurn(effect) { return .failure(unfinished) }
    let details = await shop.carrier.details(href)
    calls.append(details.call)
    switch details.result {
    case .failure(let error):
      if case .notFound = error.classification { return .success(nil) }
      return .failure(unfinished(error, effect))
    case .success(let details):
      let told = ShipmentNames(details)
      names = told
      guard told.are(wanted) else { return .success(nil) }
    }
    if let unfinished = await noTurn(effect) { return .failure(unfinished) }
    let shipment = await shop.carrier.shipment(href)
    calls.append(shipment.call)
    switch shipment.result {
    case .failure(let error): return .failure(unfinished(error, effect))
    case .success(let info): return .success(info)
    }
  }

  /// Waits for a turn at the carrier; `nil` when the next call of the search may go out.
  private func noTurn(_ effect: ClaimedEffect) async -> Unfinished? {
    if let wait = gate.wait(for: effect.lane) {
      return Unfinished(step: .released(after: wait, why: "the lane is told to wait"))
    }
    guard let wait = await pace.turn(by: lastCall(of: effect)) else { return nil }
    return Unfinished(
      step: .released(after: max(wait, Self.pause), why: "the search for labels goes on"))
  }

  private var outOfTime: Unfinished {
    Unfinished(step: .released(after: Self.pause, why: "the search for labels goes on"))
  }

  private func unfinished(_ error: OutsideError, _ effect: ClaimedEffect) -> Unfinished {
    Unfinished(step: stepAfterRead(error, effect, cycle.purchase))
  }

  /// When the last call of a search may begin: what follows it has to find room in the lease.
  private func lastCall(of effect: ClaimedEffect) -> ContinuousClock.Instant {
    effect.leaseEnds - (effect.state == .sending ? cycle.purchaseDeadline : cycle.callDeadline)
  }
}

/// What a shipment was made for, as its details say. It never changes.
struct ShipmentNames: Sendable {
  var requestID: String?
  var customerRef1: String?

  init(_ details: ShipmentDetails) {
    requestID = details.requestID
    customerRef1 = details.customerRef1
  }

  var areThere: Bool { requestID != nil || customerRef1 != nil }

  func are(_ wanted: Hands.Wanted) -> Bool {
    if let requestID { return requestID == wanted.requestID }
    return customerRef1 == wanted.orderID
  }
}

/// What the shipments of a shop's carrier account were made for, by their addresses, as far as this worker
/// has read it: without a contract a lost purchase is looked for among all that was bought meanwhile.
final class KnownShipments: Sendable {
  /// Then the oldest is forgotten for the newest.
  static let countMax = 20_000

  enum Look {
    case known(ShipmentNames)
    /// Somebody else reads it at this moment.
    case isBeingRead
    /// By the caller, who has to call `end` afterwards.
    case isToBeRead
  }

  private struct State {
    var names: [String: ShipmentNames] = [:]
    var inOrder: [String] = []
    var oldest = 0
    var beingRead: Set<String> = []
  }

  private let state = Mutex(State())

  func look(at href: String) -> Look {
    state.withLock { state in
      if let names = state.names[href] { return .known(names) }
      return state.beingRead.insert(href).inserted ? .isToBeRead : .isBeingRead
    }
  }

  /// - Parameter names: `nil` when it could not be read. Those that say nothing are not kept.
  func end(_ href: String, _ names: ShipmentNames?) {
    state.withLock { state in
      state.beingRead.remove(href)
      guard let names, names.areThere, state.names.updateValue(names, forKey: href) == nil else {
        return
      }
      if state.inOrder.count < Self.countMax {
        state.inOrder.append(href)
      } else {
        state.names[state.inOrder[state.oldest]] = nil
        state.inOrder[state.oldest] = href
        state.oldest = (state.oldest + 1) % Self.countMax
      }
    }
  }
}
