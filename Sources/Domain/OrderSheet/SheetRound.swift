/// What was written last, and what the sheet showed before: with these the next look recognises a
/// row that moved between the two.
public struct SheetRound: Sendable, Equatable {
  public var before: SheetTable
  public var plan: SheetPlan

  public init(before: SheetTable, plan: SheetPlan) {
    self.before = before
    self.plan = plan
  }
}
