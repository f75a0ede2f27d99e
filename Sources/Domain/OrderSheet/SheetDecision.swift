/// What a look at the sheet says about the rows that are wanted.
public enum SheetDecision: Sendable, Equatable {
  /// Each is there once and shows what it should.
  case settled
  case write(SheetPlan)
  /// The sheet is somebody else's: nothing may be written. The words say what a person should do.
  case foreign(String)
}
