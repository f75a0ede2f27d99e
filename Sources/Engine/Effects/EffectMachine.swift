import Kit

/// The state machine of an effect, pure: a state and a step go in, the next state comes out.
public enum EffectMachine {
  public struct Next: Sendable, Equatable {
    public var state: EffectState
    /// How long until the dispatcher looks at it again; `nil` in states that it does not own.
    public var after: Duration?
    /// The step counts as a read of the proof.
    public var countsCheck: Bool

    public init(state: EffectState, after: Duration?, countsCheck: Bool) {
      self.state = state
      self.after = after
      self.countsCheck = countsCheck
    }
  }

  /// What claiming makes of a due effect. A `sending` that comes due has lost its worker: the call
  /// may or may not have happened, so it is `unknown`. `nil` for states that are not claimed.
  public static func claimed(_ state: EffectState) -> EffectState? {
    switch state {
    case .planned: .sending
    case .sending: .unknown
    case .verifying: .verifying
    case .unknown: .unknown
    case .confirmed, .refused, .needsPerson, .cancelled: nil
    }
  }

  /// `nil` where the step is no legal answer in that state: a bug of the handler.
  public static func next(from state: EffectState, _ step: Step) -> Next? {
    let looks = state == .verifying || state == .unknown
    guard state == .sending || looks else { return nil }
    switch step {
    case .done:
      return Next(state: .confirmed, after: nil, countsCheck: looks)
    case .verify(let after):
      return Next(state: .verifying, after: after, countsCheck: false)
    case .again(let after, _):
      return Next(state: .planned, after: after, countsCheck: looks)
    case .lost(let after, _):
      return state == .sending ? Next(state: .unknown, after: after, countsCheck: false) : nil
    case .lookAgain(let after, _):
      return looks ? Next(state: state, after: after, countsCheck: true) : nil
    case .refused:
      return Next(state: .refused, after: nil, countsCheck: looks)
    case .ask:
      return Next(state: .needsPerson, after: nil, countsCheck: looks)
    case .pointless:
      return Next(state: .cancelled, after: nil, countsCheck: looks)
    case .held:
      // What looks is not held back, and would never be found by a release.
      return state == .sending ? Next(state: .planned, after: .zero, countsCheck: false) : nil
    case .released(let after, _):
      // What was claimed to be sent goes back to planned, since nothing was sent.
      return Next(state: looks ? state : .planned, after: after, countsCheck: false)
    }
  }
}
