import Kit
import People
import Postgres

struct AddSession: PostgresStatement {
  static let sql = """
    insert into sessions (token_sha256, person_id, address, browser, expires_at)
    values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5 / 1e6))
    """
  let digest: [UInt8]
  let personID: Int64
  let address: String
  let browser: String
  let life: Duration
  func bind(_ b: inout PostgresBindings) {
    b.append(digest)
    b.append(personID)
    b.append(Plain.text(address))
    b.append(Plain.text(String(browser.prefix(200))))
    b.append(life.microseconds)
  }
}

/// Who holds this token, if it still holds. That the person was seen is written at most once a minute.
struct FindSession: PostgresStatement {
  static let sql = """
    with found as (
      select s.token_sha256, s.person_id, p.name, p.full_name, p.role, s.notice, s.seen_at
      from sessions s join people p using (person_id)
      where s.token_sha256 = $1 and s.expires_at > clock_timestamp()
        and s.seen_at > clock_timestamp() - make_interval(secs => $2 / 1e6)
        and p.disabled_at is null
    ), seen as (
      update sessions s set seen_at = clock_timestamp() from found f
      where s.token_sha256 = f.token_sha256
        and f.seen_at < clock_timestamp() - interval '1 minute'
    )
    select person_id, name, full_name, role, notice from found
    """
  let digest: [UInt8]
  let idle: Duration
  func bind(_ b: inout PostgresBindings) {
    b.append(digest)
    b.append(idle.microseconds)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> FoundSession {
    FoundSession(
      personID: try r.int64(0), name: try r.string(1), fullName: try r.string(2),
      role: Role(rawValue: try r.string(3)) ?? .viewer, notice: try r.stringOrNil(4))
  }
}

struct EndSession: PostgresStatement {
  static let sql = "delete from sessions where token_sha256 = $1"
  let digest: [UInt8]
  func bind(_ b: inout PostgresBindings) { b.append(digest) }
}

struct SetNotice: PostgresStatement {
  static let sql = "update sessions set notice = $2 where token_sha256 = $1"
  let digest: [UInt8]
  let notice: String?
  func bind(_ b: inout PostgresBindings) {
    b.append(digest)
    b.append(notice.map { Plain.text(String($0.prefix(1_000))) })
  }
}

struct LockName: PostgresStatement {
  static let sql = "select pg_advisory_xact_lock(7126007, hashtext($1))::text"
  let name: String
  func bind(_ b: inout PostgresBindings) { b.append(name) }
}

/// Written before the password is looked at, so that tries at the same moment count as well. Nothing
/// comes back when the name or the address has failed too often.
struct BeginTry: PostgresStatement {
  static let sql = """
    insert into sign_in_tries (name, address)
    select $1, $2
    where (select count(*) from sign_in_tries where name = $1 and not succeeded
        and tried_at > clock_timestamp() - make_interval(secs => $3 / 1e6)) < $4
      and (select count(*) from sign_in_tries where address = $2 and not succeeded
        and tried_at > clock_timestamp() - make_interval(secs => $3 / 1e6)) < $5
    returning try_id
    """
  let name: String
  let address: String
  let rules: SignInRules
  func bind(_ b: inout PostgresBindings) {
    b.append(Plain.text(name))
    b.append(Plain.text(address))
    b.append(rules.window.microseconds)
    b.append(rules.nameTriesMax)
    b.append(rules.addressTriesMax)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// The try was good, and with it those before it are forgotten.
struct SettleTry: PostgresStatement {
  static let sql = """
    update sign_in_tries set succeeded = true
    where try_id = $1 or name = (select name from sign_in_tries where try_id = $1)
      and not succeeded and address = (select address from sign_in_tries where try_id = $1)
    """
  let tryID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(tryID) }
}

/// What no longer says anything.
struct SweepSessions: PostgresStatement {
  static let sql = """
    with old as (delete from sessions where expires_at < clock_timestamp() - interval '1 day')
    delete from sign_in_tries where tried_at < clock_timestamp() - interval '7 days'
    """
}
