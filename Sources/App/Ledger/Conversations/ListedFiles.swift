import Kit
public import Postgres

/// A file that the marketplace has and we do not, yet.
public struct ListedFile: Sendable {
  public var id: Int64
  public var attachmentID: String
  public var name: String
  public var tries: Int
}

/// Taken for a while: two processes do not fetch the same file at once.
struct TakeListedFiles: PostgresStatement {
  static let sql = """
    update message_attachments a set next_try_at = clock_timestamp() + interval '5 minutes',
      tries = a.tries + 1
    from (
      select f.id from message_attachments f
      join messages m on m.id = f.message_id
      join conversations c on c.id = m.conversation_id
      where f.state = 'listed' and f.next_try_at <= clock_timestamp() and c.shop_id = $1
      order by f.next_try_at limit $2 for update of f skip locked) due
    where a.id = due.id
    returning a.id, a.mirakl_attachment_id, a.name, a.tries
    """
  let shopID: String
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(Int64(limit))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ListedFile {
    ListedFile(
      id: try r.int64(0), attachmentID: try r.string(1), name: try r.string(2),
      tries: try r.int(3))
  }
}

struct WriteFile: PostgresStatement {
  static let sql = """
    update message_attachments set state = case when $2::text is not null then 'stored'
        when $4 then 'refused' else state end,
      sha256 = $2, bytes = coalesce($3::bigint, bytes), problem = $5
    where id = $1 and state = 'listed'
    """
  let id: Int64
  let sha256: String?
  let bytes: Int?
  let isFinal: Bool
  let problem: String?
  func bind(_ b: inout PostgresBindings) {
    b.append(id)
    b.append(sha256)
    b.append(bytes)
    b.append(isFinal)
    b.append(problem.map(Plain.text))
  }
}

extension Ledger {
  public func takeListedFiles(
    shop: String, limit: Int
  ) async throws(PostgresError) -> [ListedFile] {
    try await pool.query(
      TakeListedFiles(shopID: shop, limit: limit), deadline: limits.queryDeadline)
  }

  public func noteStored(
    file id: Int64, sha256: String, bytes: Int
  ) async throws(PostgresError) {
    _ = try await pool.query(
      WriteFile(id: id, sha256: sha256, bytes: bytes, isFinal: false, problem: nil),
      deadline: limits.queryDeadline)
  }

  /// - Parameter isFinal: it is not tried again.
  public func noteProblem(
    file id: Int64, _ problem: String, isFinal: Bool
  ) async throws(PostgresError) {
    _ = try await pool.query(
      WriteFile(id: id, sha256: nil, bytes: nil, isFinal: isFinal, problem: problem),
      deadline: limits.queryDeadline)
  }
}
