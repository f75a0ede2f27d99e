/// The transfers to one origin: so many under way, the others waiting in order of arrival.
struct Lane {
  var underWay = 0
  private var waiting: [Transfer] = []
  private var first = 0

  var isEmpty: Bool { underWay == 0 && first == waiting.count }

  mutating func append(_ transfer: Transfer) {
    transfer.place = .waiting
    waiting.append(transfer)
  }

  /// The next one that still waits; those that were cancelled meanwhile are passed over.
  mutating func next() -> Transfer? {
    while first < waiting.count {
      let transfer = waiting[first]
      first += 1
      if first > 1_024, first * 2 > waiting.count {
        waiting.removeFirst(first)
        first = 0
      }
      if case .waiting = transfer.place { return transfer }
    }
    waiting.removeAll(keepingCapacity: true)
    first = 0
    return nil
  }

  /// Takes out those that waited too long, and tells when the first of the others will have.
  mutating func expire(
    at now: ContinuousClock.Instant
  ) -> (late: [Transfer], next: ContinuousClock.Instant?) {
    var late: [Transfer] = []
    var kept: [Transfer] = []
    var next: ContinuousClock.Instant?
    for transfer in waiting[first...] {
      guard case .waiting = transfer.place else { continue }
      if transfer.lastBegin < now {
        late.append(transfer)
      } else {
        kept.append(transfer)
        next = min(next ?? transfer.lastBegin, transfer.lastBegin)
      }
    }
    waiting = kept
    first = 0
    return (late, next)
  }
}
