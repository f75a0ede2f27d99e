/// A file of parts that somebody sent in, checked and ready to be written.
public struct StockImport: Sendable {
  public var fileName: String
  public var sha256: [UInt8]
  public var rows: [Row]
  /// Rows that were left out.
  public var refused: Int

  public init(fileName: String, sha256: [UInt8], rows: [Row], refused: Int) {
    self.fileName = fileName
    self.sha256 = sha256
    self.rows = rows
    self.refused = refused
  }

  public struct Row: Sendable, Equatable {
    /// The line of the file where it begins.
    public var line: Int
    public var draft: ComponentDraft
    /// Pieces that come or go; or what is on hand from now on. One of them, or neither.
    public var change: Int64?
    public var onHand: Int64?
    public var reason: String?

    public init(line: Int, draft: ComponentDraft) {
      self.line = line
      self.draft = draft
    }
  }
}
