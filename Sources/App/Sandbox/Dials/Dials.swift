import Synchronization

/// The dials in force, and the memory that makes them repeatable.
///
/// Whether a rule with a probability fires is a hash of seed, rule, call kind, order id and the
/// number of such calls that order had before: the same seed and the same calls per order give the
/// same faults, however the calls of different orders interleave.
final class Dials: Sendable {
  private struct Use {
    var matched = 0
    var fired = 0
    /// Per order: matched and fired.
    var each: [String: (matched: Int, fired: Int)] = [:]
  }

  private struct State {
    var seed: UInt64
    var rules: [FaultRule] = []
    var uses: [Use] = []
  }

  private let state: Mutex<State>
  private let isQuiet = Atomic<Bool>(true)

  init(seed: UInt64) {
    state = Mutex(State(seed: seed))
  }

  /// Replaces all rules and forgets all counts.
  func set(_ rules: [FaultRule], seed: UInt64?) {
    state.withLock { state in
      state.rules = rules
      state.uses = Array(repeating: Use(), count: rules.count)
      if let seed { state.seed = seed }
    }
    isQuiet.store(rules.isEmpty, ordering: .sequentiallyConsistent)
  }

  var rules: (seed: UInt64, rules: [FaultRule], fired: [Int]) {
    state.withLock { ($0.seed, $0.rules, $0.uses.map(\.fired)) }
  }

  /// The rules that fire for one call: any number of slow ones, and the first other one.
  func decide(_ kind: CallKind, subjects: [String]) -> [FaultRule] {
    if isQuiet.load(ordering: .relaxed) { return [] }
    return state.withLock { state in
      var firing: [FaultRule] = []
      for index in state.rules.indices {
        let rule = state.rules[index]
        guard kind.isCovered(by: rule.call) else { continue }
        // Which orders a page holds is not known yet; the page itself looks at the rule's orders.
        let isForPage = kind == .orders && [.unknownState, .notShown].contains(rule.fault)
        if !rule.orders.isEmpty, !isForPage, !subjects.contains(where: rule.orders.contains) {
          continue
        }
        let isSlow = rule.fault == .slow
        if !isSlow, firing.contains(where: { $0.fault != .slow }) { continue }
        let subject = subjects.first ?? ""
        let seed = state.seed
        if Self.fires(rule, index, kind, subject, seed, &state.uses[index]) { firing.append(rule) }
      }
      return firing
    }
  }

  private static func fires(
    _ rule: FaultRule, _ index: Int, _ kind: CallKind, _ subject: String, _ seed: UInt64,
    _ use: inout Use
  ) -> Bool {
    use.matched += 1
    var own = use.each[subject] ?? (0, 0)
    own.matched += 1
    defer { use.each[subject] = own }
    if use.matched <= rule.after || own.matched <= rule.afterEach { return false }
    if let every = rule.every, every > 1, (use.matched - rule.after) % every != 0 { return false }
    let timesEach = rule.timesEach ?? (rule.fault == .notReady ? rule.times : nil)
    if let timesEach, own.fired >= timesEach { return false }
    if rule.fault != .notReady, let times = rule.times, use.fired >= times { return false }
    if rule.probability < 1 {
      var hash = StableHash(seed: seed)
      hash.add(kind.rawValue)
      hash.add(subject)
      hash.add(UInt64(own.matched))
      hash.add(UInt64(index))
      if hash.fraction >= rule.probability { return false }
    }
    own.fired += 1
    use.fired += 1
    return true
  }
}
