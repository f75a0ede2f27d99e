public import Effects
import Kit

/// Something that should follow a booking, as it was claimed.
public struct TailEffect: Sendable {
  public var effectID: Int64
  public var kind: BookingEffect
  public var orderID: String
  public var businessID: String
  /// The booking's version that it is about.
  public var version: Int
  /// As it was claimed: `.unknown` when an earlier try may have worked.
  public var state: EffectState
  /// Tries that were made.
  public var sends: Int
  public var correlationID: String?
}

/// What became of one of them.
public struct TailSettlement: Sendable {
  public var effectID: Int64
  public var state: EffectState
  /// Until it is due again; `nil` where it is over.
  public var after: Duration?
  /// A try was made.
  public var wasTried: Bool
  public var outcome: String
  /// Told to a person once it is stored.
  public var failure: ProcessFailure?

  public init(
    effectID: Int64, state: EffectState, after: Duration? = nil, wasTried: Bool, outcome: String,
    failure: ProcessFailure? = nil
  ) {
    self.effectID = effectID
    self.state = state
    self.after = after
    self.wasTried = wasTried
    self.outcome = outcome
    self.failure = failure
  }
}
