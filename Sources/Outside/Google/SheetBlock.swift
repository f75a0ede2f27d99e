/// Rows of cells with their place.
public struct SheetBlock: Sendable, Equatable {
  public var range: A1Range
  public var rows: [[SheetValue]]

  public init(range: A1Range, rows: [[SheetValue]]) {
    self.range = range
    self.rows = rows
  }
}
