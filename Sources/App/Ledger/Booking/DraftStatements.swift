import Booking
public import Kit
import Postgres

struct LockDrafts: PostgresStatement {
  static let columns = """
    select d.draft_id, d.business_id, d.principal, d.version, d.content, d.order_id, d.expires_at
    from booking_drafts d
    """
  static let sql = columns + " where d.draft_id = any($1) order by d.draft_id for update"
  let ids: [UUIDv7]
  func bind(_ b: inout PostgresBindings) { b.append(ids) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> Draft {
    var draft = Draft(
      id: try r.uuid(0), businessID: try r.string(1), principal: try r.string(2),
      expiresAt: try r.timestamp(6))
    guard let content = try? JSONValue.parse(Array(try r.string(4).utf8)) else {
      throw PostgresError(.decoding, "a draft's content is no JSON")
    }
    draft.restore(content)
    draft.version = try r.int(3)
    draft.orderID = try r.stringOrNil(5)
    return draft
  }
}

struct ReadDrafts: PostgresStatement {
  static let sql = LockDrafts.columns + " where d.draft_id = any($1)"
  let ids: [UUIDv7]
  func bind(_ b: inout PostgresBindings) { b.append(ids) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Draft { try LockDrafts.row(r) }
}

/// What can still be booked and was shown to its customer, the first to expire first.
struct ReadShownDrafts: PostgresStatement {
  static let sql =
    LockDrafts.columns + """
       where d.business_id = $1 and d.order_id is null
        and d.expires_at > coalesce($2::timestamptz, clock_timestamp())
        and d.content ->> 'shown' is not null and d.content ->> 'is_cancelled' = 'false'
      order by d.expires_at, d.draft_id limit $3
      """
  let businessID: String
  let now: Timestamp?
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(now)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Draft { try LockDrafts.row(r) }
}

/// The draft that an agent's whole order was turned into, by the request's key.
struct FindDraftOfRequest: PostgresStatement {
  static let sql = """
    select draft_id from booking_drafts
    where business_id = $1 and principal = $2 and request_key = $3
    """
  let businessID: String
  let principal: String
  let requestKey: String
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(principal)
    b.append(requestKey)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> UUIDv7 { try r.uuid(0) }
}

struct FindDraftOfNonce: PostgresStatement {
  static let sql =
    "select draft_id, confirmation_id from booking_confirmations where nonce_sha256 = $1"
  let nonce: [UInt8]
  func bind(_ b: inout PostgresBindings) { b.append(nonce) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (draft: UUIDv7, confirmation: UUIDv7) {
    (try r.uuid(0), try r.uuid(1))
  }
}

struct ReadConfirmations: PostgresStatement {
  static let sql = """
    select c.confirmation_id, c.draft_id, c.draft_version, c.summary_sha256, c.channel, c.level,
      c.principal, c.nonce_sha256, c.code_sha256, c.code_tries, c.state, c.words, c.asked_at,
      c.expires_at, c.answered_at, u.order_id, c.question, c.mandate, c.signer, c.undelivered_at
    from booking_confirmations c left join booking_consents u using (confirmation_id)
    where c.draft_id = any($1) order by c.asked_at, c.confirmation_id
    """
  let draftIDs: [UUIDv7]
  func bind(_ b: inout PostgresBindings) { b.append(draftIDs) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> Confirmation {
    var one = Confirmation(
      id: try r.uuid(0), draftID: try r.uuid(1), draftVersion: try r.int(2),
      digest: try r.bytes(3), channel: ConfirmationChannel(rawValue: try r.string(4)) ?? .agent,
      level: ConfirmationLevel(rawValue: try r.int(5)) ?? .claimed, principal: try r.string(6),
      nonce: try r.bytes(7), code: try r.bytesOrNil(8), askedAt: try r.timestamp(12),
      expiresAt: try r.timestamp(13))
    one.codeTries = try r.int(9)
    // What nobody can read counts as a no.
    one.state = Confirmation.State(rawValue: try r.string(10)) ?? .declined
    one.words = try r.stringOrNil(11)
    one.answeredAt = try r.timestampOrNil(14)
    one.orderID = try r.stringOrNil(15)
    one.question = try r.stringOrNil(16)
    one.mandate = try r.stringOrNil(17)
    one.signer = try r.stringOrNil(18)
    one.undeliveredAt = try r.timestampOrNil(19)
    return one
  }
}

struct WriteDrafts: PostgresStatement {
  static let sql = """
    insert into booking_drafts (draft_id, business_id, principal, version, content, request_key,
      order_id, expires_at, created_at, updated_at)
    select id, business, principal, version, content::jsonb, request, o, expires, $1, $1
    from unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
      $8::text[], $9::timestamptz[])
      as u (id, business, principal, version, content, request, o, expires)
    on conflict (draft_id) do update set version = excluded.version, content = excluded.content,
      order_id = excluded.order_id, updated_at = excluded.updated_at
    """
  let now: Timestamp
  let drafts: [(draft: Draft, requestKey: String?)]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(drafts.map(\.draft.id))
    b.append(drafts.map(\.draft.businessID))
    b.append(drafts.map(\.draft.principal))
    b.append(drafts.map { Int64($0.draft.version) })
    b.appendUTF8Array(drafts.map { Plain.jsonb($0.draft.stored.bytes) })
    b.append(drafts.map(\.requestKey))
    b.append(drafts.map(\.draft.orderID))
    b.append(drafts.map(\.draft.expiresAt))
  }
}

/// New questions, and the answers to old ones. What was asked about is never changed.
struct WriteConfirmations: PostgresStatement {
  static let sql = """
    insert into booking_confirmations (confirmation_id, draft_id, draft_version, summary_sha256,
      channel, level, principal, nonce_sha256, code_sha256, code_tries, state, words, asked_at,
      expires_at, answered_at, question, mandate, signer, undelivered_at)
    select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::bytea[], $5::text[], $6::int[],
      $7::text[], $8::bytea[], $9::bytea[], $10::int[], $11::text[], $12::text[],
      $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[],
      $18::text[], $19::timestamptz[])
    on conflict (confirmation_id) do update set code_tries = excluded.code_tries,
      state = excluded.state, words = excluded.words, answered_at = excluded.answered_at,
      mandate = excluded.mandate, signer = excluded.signer,
      undelivered_at = excluded.undelivered_at
    where booking_confirmations.state = 'asked'
    """
  let all: [Confirmation]
  func bind(_ b: inout PostgresBindings) {
    b.append(all.map(\.id))
    b.append(all.map(\.draftID))
    b.append(all.map { Int32(clamping: $0.draftVersion) })
    b.append(all.map { Optional($0.digest) })
    b.append(all.map(\.channel.rawValue))
    b.append(all.map { Int32($0.level.rawValue) })
    b.append(all.map(\.principal))
    b.append(all.map { Optional($0.nonce) })
    b.append(all.map(\.code))
    b.append(all.map { Int32($0.codeTries) })
    b.append(all.map(\.state.rawValue))
    b.append(all.map { $0.words.map(Plain.text) })
    b.append(all.map(\.askedAt))
    b.append(all.map(\.expiresAt))
    b.append(all.map(\.answeredAt))
    b.append(all.map(\.question))
    b.append(all.map(\.mandate))
    b.append(all.map(\.signer))
    b.append(all.map(\.undeliveredAt))
  }
}

struct InsertApproval: PostgresStatement {
  static let sql = """
    insert into booking_approvals (draft_id, draft_version, summary_sha256, exceeded, principal,
      created_at)
    values ($1, $2, $3, $4, $5, $6) on conflict (draft_id, draft_version) do nothing
    """
  let draft: Draft
  let digest: [UInt8]
  let exceeded: [String]
  let principal: String
  let now: Timestamp
  func bind(_ b: inout PostgresBindings) {
    b.append(draft.id)
    b.append(Int32(clamping: draft.version))
    b.append(digest)
    b.append(exceeded)
    b.append(principal)
    b.append(now)
  }
}

/// One thing that was asked for around a booking, and what came of it.
public struct BookingCall: Sendable {
  public var businessID: String
  public var draftID: UUIDv7?
  public var orderID: String?
  public var operation: String
  public var principal: String
  /// `ok`, or the error's code.
  public var outcome: String
  public var requestDigest: [UInt8]?
  public var correlationID: String?

  public init(
    businessID: String, draftID: UUIDv7? = nil, orderID: String? = nil, operation: String,
    principal: String, outcome: String, requestDigest: [UInt8]? = nil, correlationID: String?
  ) {
    self.businessID = businessID
    self.draftID = draftID
    self.orderID = orderID
    self.operation = operation
    self.principal = principal
    self.outcome = outcome
    self.requestDigest = requestDigest
    self.correlationID = correlationID
  }
}

struct InsertBookingCalls: PostgresStatement {
  static let sql = """
    insert into booking_calls (business_id, draft_id, order_id, operation, principal, outcome,
      request_sha256, correlation_id, created_at)
    select b, d, o, op, p, outcome, digest, correlation, $1
    from unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[],
      $9::text[]) as u (b, d, o, op, p, outcome, digest, correlation)
    """
  let now: Timestamp
  let calls: [BookingCall]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(calls.map(\.businessID))
    b.append(calls.map(\.draftID))
    b.append(calls.map(\.orderID))
    b.append(calls.map(\.operation))
    b.append(calls.map(\.principal))
    b.append(calls.map(\.outcome))
    b.append(calls.map(\.requestDigest))
    b.append(calls.map(\.correlationID))
  }
}
