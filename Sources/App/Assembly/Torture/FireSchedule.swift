import Kit

/// What is done to the processes, and when: a pure function of the seed.
///
/// Each kind of act has a stream of its own, so a longer schedule begins with the shorter one, and
/// one kind can be changed without moving the others.
package struct FireSchedule: Sendable {
  package enum Act: Sendable, Equatable {
    /// SIGKILL; another starts in its place at once, with another clock.
    case kill(worker: Int)
    /// SIGSTOP, then SIGCONT: longer than its lease.
    case freeze(worker: Int, lasting: Duration)
    /// PostgreSQL shuts down in immediate mode and is started again after a while.
    case crashDatabase(down: Duration)
    /// SIGKILL of one of PostgreSQL's own processes: it throws everybody out and recovers.
    case killBackend(pick: Int)
    /// The outside stops answering: SIGSTOP of the sandbox.
    case freezeOutside(lasting: Duration)
    /// A customer cancels one of the orders that were placed last.
    case cancel(pick: Int)
    /// A hasty person says `retry` to one of the questions while everything still burns.
    case retry(pick: Int)
  }

  package struct Event: Sendable, Equatable {
    /// From the beginning of the fire.
    package var at: Duration
    package var act: Act
  }

  /// Milliseconds between two acts of a kind.
  static let killEvery = 300...1_300
  static let freezeEvery = 6_000...14_000
  static let crashEvery = 12_000...24_000
  static let backendEvery = 15_000...40_000
  static let outageEvery = 15_000...40_000
  static let cancelEvery = 150...900
  static let retryEvery = 200...1_000
  /// Milliseconds that they last.
  static let freezeLasts = 3_300...6_000
  static let databaseDown = 0...1_500
  static let outageLasts = 300...1_600

  package static func events(
    seed: UInt64, workers: Int, within limit: Duration
  ) -> [Event] {
    var all: [Event] = []
    func add(_ name: String, _ every: ClosedRange<Int>, _ act: (inout SplitMix) -> Act) {
      var stream = SplitMix(seed: seed, name)
      var at = stream.duration(every)
      while at < limit {
        all.append(Event(at: at, act: act(&stream)))
        at += stream.duration(every)
      }
    }
    add("kill", killEvery) { .kill(worker: $0.number(0...(workers - 1))) }
    add("freeze", freezeEvery) {
      .freeze(worker: $0.number(0...(workers - 1)), lasting: $0.duration(freezeLasts))
    }
    add("crash", crashEvery) { .crashDatabase(down: $0.duration(databaseDown)) }
    add("backend", backendEvery) { .killBackend(pick: $0.number(0...9_999)) }
    add("outage", outageEvery) { .freezeOutside(lasting: $0.duration(outageLasts)) }
    add("cancel", cancelEvery) { .cancel(pick: $0.number(0...9_999)) }
    add("retry", retryEvery) { .retry(pick: $0.number(0...9_999)) }
    // Two at the same millisecond keep the order of their kinds.
    return all.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }
}
