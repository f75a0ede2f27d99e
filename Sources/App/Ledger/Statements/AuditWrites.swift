import Kit
import Postgres

/// Calls that one report alone brings, written for the first time.
struct InsertNewCalls: PostgresStatement {
  static let sql = CallColumns.insert
  let columns: CallColumns
  func bind(_ b: inout PostgresBindings) { columns.bind(&b) }
}

/// Calls that may have been written before (a transaction tried again, a call that serves several
/// commits): what is there stays as it is. Each is kept with everything that it was about.
struct InsertCalls: PostgresStatement {
  static let sql = """
    with kept as (
      \(CallColumns.insert)
      on conflict (call_id, created_at) do nothing
      returning call_id
    )
    insert into api_call_subjects (subject, call_id, created_at)
    select s.subject, s.call_id, s.at
    from unnest($19::text[], $20::uuid[], $21::timestamptz[]) as s (subject, call_id, at)
    join kept using (call_id)
    """
  let columns: CallColumns

  func bind(_ b: inout PostgresBindings) {
    columns.bind(&b)
    var subjects: [String] = []
    var calls: [UUIDv7] = []
    var times: [Timestamp] = []
    for record in columns.calls {
      var seen = Set([record.relatedID])
      for subject in record.subjects where seen.insert(subject).inserted {
        subjects.append(subject)
        calls.append(record.id)
        times.append(record.startedAt)
      }
    }
    b.append(subjects)
    b.append(calls)
    b.append(times)
  }
}

/// What a row of `api_calls` is made of.
struct CallColumns: Sendable {
  static let insert = """
    insert into api_calls (call_id, service, endpoint, related_id, method, url, request_headers,
      request_payload, status_code, response_headers, response_body, response_base64,
      response_bytes, is_success, problem, duration_us, correlation_id, created_at)
    select id, service, endpoint, related, method, url, reqh::json, req::jsonb, status,
      resh::json, body, b64, bytes, success, problem, duration, correlation, at
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::bigint[], $10::text[], $11::text[], $12::boolean[], $13::bigint[],
      $14::boolean[], $15::text[], $16::bigint[], $17::text[], $18::timestamptz[])
      as u (id, service, endpoint, related, method, url, reqh, req, status, resh, body, b64, bytes,
        success, problem, duration, correlation, at)
    """
  let calls: [CallRecord]
  let bodyBytesMax: Int

  func bind(_ b: inout PostgresBindings) {
    let bodies = calls.map { StoredBody($0.responseBody, max: bodyBytesMax) }
    b.append(calls.map(\.id))
    b.append(calls.map(\.service))
    b.append(calls.map(\.endpoint))
    b.append(calls.map(\.relatedID))
    b.append(calls.map(\.method))
    b.append(calls.map { Plain.text($0.url) })
    b.appendUTF8Array(calls.map { Plain.headers($0.requestHeaders)[...] })
    b.appendUTF8Array(
      calls.map { Plain.payload($0.requestBody, type: $0.requestContentType, max: bodyBytesMax) })
    b.append(calls.map { $0.statusCode.map(Int64.init) })
    b.appendUTF8Array(calls.map { Plain.headers($0.responseHeaders)[...] })
    b.appendUTF8Array(bodies.map { $0.bytes[...] })
    b.append(bodies.map(\.isBase64))
    b.append(calls.map { Optional(Int64($0.responseBody.count)) })
    b.append(calls.map(\.isSuccess))
    b.append(calls.map { $0.problem.map(Plain.text) })
    b.append(calls.map { $0.duration.microseconds })
    b.append(calls.map(\.correlationID))
    b.append(calls.map(\.startedAt))
  }
}

struct InsertAttempts: PostgresStatement {
  static let sql = """
    insert into order_acceptance_attempts (order_id, attempt_number, status, api_response, call_id,
      created_at)
    select id, number + coalesce((select max(attempt_number) from order_acceptance_attempts a
      where a.order_id = id), 0), status, response::jsonb, call, $1
    from unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::uuid[])
      as u (id, number, status, response, call)
    """
  let now: Timestamp
  let attempts: [AcceptanceAttempt]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(attempts.map(\.orderID))
    b.append(attempts.map { Int64($0.number) })
    b.append(attempts.map(\.status.rawValue))
    b.appendUTF8Array(attempts.map { $0.response.map { Plain.jsonb(Array($0.utf8)) } })
    b.append(attempts.map(\.callID))
  }
}

/// Without a payload of its own, a log keeps the one that the latest accept call really sent.
struct InsertDebugLogs: PostgresStatement {
  static let sql = """
    insert into order_acceptance_debug_logs (order_id, details, raw_request_payload, created_at)
    select id, details, coalesce(payload::jsonb, (
        select c.request_payload from order_acceptance_attempts a join api_calls c using (call_id)
        where a.order_id = id order by a.attempt_number desc limit 1)), $1
    from unnest($2::text[], $3::text[], $4::text[]) as u (id, details, payload)
    """
  let now: Timestamp
  let logs: [AcceptanceDebugLog]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(logs.map(\.orderID))
    b.append(logs.map { Plain.text($0.details) })
    b.appendUTF8Array(logs.map { $0.requestPayload.map { Plain.jsonb(Array($0.utf8)) } })
  }
}

struct InsertFailures: PostgresStatement {
  static let sql = """
    insert into process_failures (process_name, order_id, effect_id, details, correlation_id,
      created_at)
    select name, o, effect, details, correlation, $1
    from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[])
      as u (name, o, effect, details, correlation)
    returning failure_id
    """
  let now: Timestamp
  let failures: [ProcessFailure]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(failures.map(\.processName))
    b.append(failures.map(\.orderID))
    b.append(failures.map(\.effectID))
    b.append(failures.map { Plain.text($0.details) })
    b.append(failures.map(\.correlationID))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}
