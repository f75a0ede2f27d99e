/// What is to be written to a sheet so that it shows what it should.
public struct SheetPlan: Sendable, Equatable {
  /// A row of our columns, to be written to where it stands.
  public struct Placed: Sendable, Equatable {
    public var row: Int
    /// The order that the row is to show; `nil`: the row is to be blank.
    public var key: String?
    public var cells: [SheetCell]

    public init(row: Int, key: String?, cells: [SheetCell]) {
      self.row = row
      self.key = key
      self.cells = cells
    }

    static func blank(_ row: Int) -> Placed {
      Placed(row: row, key: nil, cells: Array(repeating: .text(""), count: OrderRow.columns))
    }
  }

  /// A row to be added below the table.
  public struct Added: Sendable, Equatable {
    /// `nil` for the heading.
    public var key: String?
    public var cells: [SheetCell]
    /// It was there before, and a write of ours took its place.
    public var isRestored: Bool

    public init(key: String?, cells: [SheetCell], isRestored: Bool = false) {
      self.key = key
      self.cells = cells
      self.isRestored = isRestored
    }
  }

  public var added: [Added] = []
  public var placed: [Placed] = []
  /// Rows that a write of ours destroyed and that this plan puts back; owed until they are seen.
  public var owed: [Added] = []

  public var isRepair: Bool { !owed.isEmpty }

  public init() {}

  public var isEmpty: Bool { added.isEmpty && placed.isEmpty }

  /// The repair alone: nothing that could double a row whose write is still under way.
  public var onlyRepair: SheetPlan {
    var plan = self
    plan.added.removeAll { !$0.isRestored }
    return plan
  }
}
