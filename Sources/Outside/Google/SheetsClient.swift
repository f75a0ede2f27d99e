public import Kit

/// Google Sheets v4, as values that a test can replace one by one.
///
/// Every call is made once (twice after a refused token); what it came to is an `Answer` with its
/// record. None throws. Values are written RAW: nothing that a buyer types becomes a formula.
public struct SheetsClient: Sendable {
  /// `values.get`, unformatted. Trailing empty rows and cells are missing.
  public var get: @Sendable (_ spreadsheet: String, A1Range) async -> Answer<[[SheetValue]]>
  /// `values.append` below the table at the range, with rows of their own. Not idempotent.
  public var append:
    @Sendable (_ spreadsheet: String, SheetBlock, _ orders: [String]) async -> Answer<SheetWrite>
  /// `values.update`: fixed cells.
  public var update:
    @Sendable (_ spreadsheet: String, SheetBlock, _ orders: [String]) async -> Answer<SheetWrite>
  /// `values.batchUpdate`: fixed cells of many ranges in one call.
  public var batchUpdate:
    @Sendable (_ spreadsheet: String, [SheetBlock], _ orders: [String]) async -> Answer<SheetWrite>

  public init(
    get: @escaping @Sendable (String, A1Range) async -> Answer<[[SheetValue]]>,
    append: @escaping @Sendable (String, SheetBlock, [String]) async -> Answer<SheetWrite>,
    update: @escaping @Sendable (String, SheetBlock, [String]) async -> Answer<SheetWrite>,
    batchUpdate: @escaping @Sendable (String, [SheetBlock], [String]) async -> Answer<SheetWrite>
  ) {
    self.get = get
    self.append = append
    self.update = update
    self.batchUpdate = batchUpdate
  }

  /// Answers nothing: each call fails with a bug that names it. Tests replace what they need.
  public static let unstubbed = SheetsClient(
    get: { _, _ in .unstubbed("ValuesGet") },
    append: { _, _, _ in .unstubbed("ValuesAppend") },
    update: { _, _, _ in .unstubbed("ValuesUpdate") },
    batchUpdate: { _, _, _ in .unstubbed("ValuesBatchUpdate") })
}

extension Answer {
  fileprivate static func unstubbed(_ endpoint: String) -> Answer {
    .unsent(SheetsErrors.bug("\(endpoint) is not stubbed"), endpoint: endpoint)
  }
}
