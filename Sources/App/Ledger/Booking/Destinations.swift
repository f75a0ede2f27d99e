import Kit
public import Postgres

/// Where a business's rows and messages go: its `ai_capabilities`.
public struct Destinations: Sendable, Equatable {
  public var syncsSheet: Bool
  public var spreadsheetID: String?
  public var sheetName: String
  /// JSON: `{"file": PATH}` of a service account's key file, or such a file's own content.
  public var credentials: String?
  public var pushes: Bool
  /// `ntfy:TOPIC`, `fcm-topic:NAME` or `fcm-device:TOKEN`.
  public var pushTarget: String?
}

struct ReadDestinations: PostgresStatement {
  static let sql = """
    select sheets_sync_enabled, sheets_spreadsheet_id, sheets_sheet_name, sheets_credentials::text,
      push_enabled, push_target
    from ai_capabilities where business_id = $1
    """
  let businessID: String
  func bind(_ b: inout PostgresBindings) { b.append(businessID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Destinations {
    Destinations(
      syncsSheet: try r.bool(0), spreadsheetID: try r.stringOrNil(1), sheetName: try r.string(2),
      credentials: try r.stringOrNil(3), pushes: try r.bool(4), pushTarget: try r.stringOrNil(5))
  }
}

struct WriteDestinations: PostgresStatement {
  static let sql = """
    update ai_capabilities set sheets_spreadsheet_id = $2, sheets_sheet_name = $3,
      sheets_credentials = $4::text::jsonb, push_target = $5, updated_at = now()
    where business_id = $1
    """
  let businessID: String
  let to: Destinations
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(to.spreadsheetID)
    b.append(to.sheetName)
    b.append(to.credentials)
    b.append(to.pushTarget)
  }
}

struct ReadSheetBusinesses: PostgresStatement {
  static let sql = "select business_id from ai_capabilities where sheets_sync_enabled order by 1"
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

extension Ledger {
  /// `nil` when there is no such business.
  public func destinations(of businessID: String) async throws(PostgresError) -> Destinations? {
    try await pool.query(
      ReadDestinations(businessID: businessID), deadline: limits.queryDeadline
    ).first
  }

  /// Whether rows and messages are wanted at all is the business's own (`write(_:)`); here is where to.
  public func write(
    _ destinations: Destinations, of businessID: String
  ) async throws(PostgresError) {
    _ = try await pool.query(
      WriteDestinations(businessID: businessID, to: destinations), deadline: limits.queryDeadline)
  }

  /// Businesses that keep a sheet.
  public func sheetBusinesses() async throws(PostgresError) -> [String] {
    try await pool.query(ReadSheetBusinesses(), deadline: limits.queryDeadline)
  }
}
