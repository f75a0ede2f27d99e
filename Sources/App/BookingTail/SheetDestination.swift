public import Google

/// A business's sheet, and the client that may write to it.
public struct SheetDestination: Sendable {
  public var client: SheetsClient
  /// From the spreadsheet's address: `.../d/ID/edit`.
  public var spreadsheetID: String
  /// The name of the sheet within it.
  public var sheet: String
  /// The account whose quota is used: its e-mail address.
  public var account: String

  public init(
    client: SheetsClient, spreadsheetID: String, sheet: String = "Orders", account: String
  ) {
    self.client = client
    self.spreadsheetID = spreadsheetID
    self.sheet = sheet
    self.account = account
  }

  /// The same for the same sheet.
  public var key: String { "\(spreadsheetID)/\(sheet)" }
}
