import Kit
import Synchronization

/// The carrier's shipments, groups and manifests. Thread-safe; nothing in it waits.
final class CarrierStore: Sendable {
  static let mostInGroup = 5000
  static let mostGroups = 9999
  static let mostUntransmitted = 10_000

  struct State {
    var shipments: [Shipment] = []
    var byID: [String: Int] = [:]
    var byRequestID: [String: [Int]] = [:]
    /// Created and not yet transmitted, by group.
    var groups: [String: [Int]] = [:]
    var byOrder: [String: [Int]] = [:]
    var byPin: [String: [Int]] = [:]
    var untransmitted = 0
    var manifests: [Manifest] = []
    var voidCalls = 0
  }

  let settings: SandboxSettings
  private let state = Mutex(State())

  init(settings: SandboxSettings) {
    self.settings = settings
  }

  /// Looks at everything at one moment.
  func read<R: Sendable>(_ body: (State) -> R) -> R {
    state.withLock { body($0) }
  }

  func reset() {
    state.withLock { $0 = State() }
  }

  func shipment(_ id: String) -> Shipment? {
    state.withLock { state in state.byID[id].map { state.shipments[$0] } }
  }

  /// Buys; never asks whether the request id was used before, as the real one does not.
  func add(_ make: (Int) -> Shipment) -> Result<Shipment, CarrierRefusal> {
    state.withLock { state in
      let shipment = make(state.shipments.count + 1)
      if settings.enforcesGroupLimits, let group = shipment.groupID {
        if state.untransmitted >= Self.mostUntransmitted {
          return .failure(.init("9108", "Too many labels; transmit first."))
        }
        if state.groups[group] == nil, state.groups.count >= Self.mostGroups {
          return .failure(.init("9109", "Too many groups; transmit first."))
        }
        if state.groups[group]?.count ?? 0 >= Self.mostInGroup {
          return .failure(.init("9110", "Too many shipments in the group; transmit first."))
        }
      }
      let position = state.shipments.count
      state.shipments.append(shipment)
      state.byID[shipment.id] = position
      if let id = shipment.requestID { state.byRequestID[id, default: []].append(position) }
      if let group = shipment.groupID {
        state.groups[group, default: []].append(position)
        state.untransmitted += 1
      }
      state.byOrder[shipment.orderID, default: []].append(position)
      state.byPin[shipment.pin, default: []].append(position)
      return .success(shipment)
    }
  }

  enum VoidResult { case done, unknown, transmitted }

  func void(_ id: String) -> VoidResult {
    state.withLock { state in
      guard let at = state.byID[id], !state.shipments[at].isVoided else { return .unknown }
      guard state.shipments[at].status == .created else { return .transmitted }
      state.shipments[at].isVoided = true
      state.untransmitted -= 1
      if let group = state.shipments[at].groupID { state.groups[group]?.removeAll { $0 == at } }
      return .done
    }
  }

  enum RefundResult { case ticket(id: String, date: String), unknown, early, again }

  func refund(_ id: String) -> RefundResult {
    let today = String(settings.now().iso8601.prefix(10))
    return state.withLock { state in
      guard let at = state.byID[id], !state.shipments[at].isVoided else { return .unknown }
      if state.shipments[at].ticket != nil { return .again }
      guard state.shipments[at].status == .transmitted else { return .early }
      let ticket = "GT\(100_000_000 + state.shipments[at].number)"
      state.shipments[at].ticket = (ticket, today)
      return .ticket(id: ticket, date: today)
    }
  }

  /// Counts a read of the label; the number of reads before this one.
  func readArtifact(_ number: Int) -> (shipment: Shipment, readsBefore: Int)? {
    state.withLock { state in
      let at = number - 8_800_000 - 1
      guard state.shipments.indices.contains(at), !state.shipments[at].isVoided else { return nil }
      state.shipments[at].artifactReads += 1
      return (state.shipments[at], state.shipments[at].artifactReads - 1)
    }
  }

  func transmit(
    groups: [String], excluded: Set<String>, request: [UInt8]
  ) -> Manifest? {
    let now = settings.now()
    return state.withLock { state in
      let number = state.manifests.count + 1
      var found = false
      for group in Set(groups) {
        var left: [Int] = []
        for at in state.groups[group] ?? [] {
          if excluded.contains(state.shipments[at].id) {
            left.append(at)
            continue
          }
          found = true
          state.shipments[at].status = .transmitted
          state.shipments[at].manifest = number
          state.untransmitted -= 1
        }
        if state.groups[group] != nil { state.groups[group] = left.isEmpty ? nil : left }
      }
      guard found else { return nil }
      let manifest = Manifest(
        number: number, purchaseOrder: "P\(100_000_000 + number)", groupIDs: groups,
        request: request,
        createdAt: now)
      state.manifests.append(manifest)
      return manifest
    }
  }

  /// Per order: labels bought, alive, voided, refunded, read.
  func counts() -> [String: LabelCounts] {
    state.withLock { state in
      var counts: [String: LabelCounts] = [:]
      for shipment in state.shipments {
        var count = counts[shipment.orderID] ?? LabelCounts()
        count.bought += 1
        count.artifactReads += shipment.artifactReads
        if shipment.isVoided { count.voids += 1 }
        if shipment.ticket != nil { count.refunds += 1 }
        if shipment.isLive {
          count.live += 1
          count.livePins.append(shipment.pin)
        }
        counts[shipment.orderID] = count
      }
      return counts
    }
  }
}

/// A business refusal of the carrier.
struct CarrierRefusal: Error {
  let code: String
  let text: String
  init(_ code: String, _ text: String) {
    self.code = code
    self.text = text
  }
}
