/// The faults that fire for the call at hand, asked for by name.
struct Faults: Sendable {
  static let none = Faults(rules: [])

  let rules: [FaultRule]

  subscript(_ fault: Fault) -> FaultRule? {
    rules.isEmpty ? nil : rules.first { $0.fault == fault }
  }

  func has(_ fault: Fault) -> Bool { self[fault] != nil }

  /// A fault of this name at this moment; `usual` is the moment when the rule does not say.
  func has(
    _ fault: Fault, _ moment: FaultRule.Moment, usual: FaultRule.Moment = .before
  ) -> FaultRule? {
    guard let rule = self[fault], (rule.when ?? usual) == moment else { return nil }
    return rule
  }

  /// Milliseconds to wait at this moment.
  func wait(_ moment: FaultRule.Moment) -> Int {
    rules.reduce(0) { sum, rule in
      rule.fault == .slow && (rule.when ?? .after) == moment ? sum + rule.ms : sum
    }
  }
}
