/// What the service says that it wrote.
public struct SheetWrite: Sendable, Equatable {
  /// As the service writes it: `Orders!A41:I42`.
  public var range: String
  public var rows: Int

  public init(range: String, rows: Int) {
    self.range = range
    self.rows = rows
  }
}
