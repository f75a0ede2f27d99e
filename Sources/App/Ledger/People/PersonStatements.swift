import People
import Postgres

/// The name is taken when it returns nothing. Whoever is added first closes the door of the first
/// page, too: an account made on the command line leaves it open to nobody.
struct AddPerson: PostgresStatement {
  static let sql = """
    with person as (
      insert into people (name, full_name, role, password_hash) values ($1, $2, $3, $4)
      on conflict (name) do nothing returning person_id
    ), door as (
      insert into owner_door (person_id) select person_id from person
      on conflict (is_closed) do nothing
    ), noted as (
      insert into audit_trail (person_id, actor, address, action, subject, detail)
      select $5, $6, $7, $8, $9, $10 from person
    )
    select person_id from person
    """
  let person: NewPerson
  let act: Act
  func bind(_ b: inout PostgresBindings) {
    person.bind(&b)
    act.bind(&b)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// Makes the owner, if nobody ever was one. Two at once: the second waits for the first one's row of
/// the door, and then makes nobody.
struct AddFirstOwner: PostgresStatement {
  static let sql = """
    with number as (select nextval(pg_get_serial_sequence('people', 'person_id')) as person_id),
    door as (
      insert into owner_door (person_id) select person_id from number
      where not exists (select 1 from people)
      on conflict (is_closed) do nothing returning person_id
    ), noted as (
      insert into audit_trail (person_id, actor, address, action, subject, detail)
      select coalesce($5, person_id), $6, $7, $8, $9, $10 from door
    )
    insert into people (person_id, name, full_name, role, password_hash)
      overriding system value
      select person_id, $1, $2, $3, $4 from door
    returning person_id
    """
  let person: NewPerson
  let act: Act
  func bind(_ b: inout PostgresBindings) {
    person.bind(&b)
    act.bind(&b)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct IsDoorOpen: PostgresStatement {
  static let sql = """
    select not exists (select 1 from owner_door) and not exists (select 1 from people)
    """
  static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
}

struct ReadPeople: PostgresStatement {
  static let sql = """
    select p.person_id, p.name, p.full_name, p.role, p.created_at, p.disabled_at,
      (select max(s.seen_at) from sessions s where s.person_id = p.person_id)
    from people p order by p.disabled_at is not null, p.name
    """
  static func row(_ r: PostgresRow) throws(PostgresError) -> PersonSummary {
    PersonSummary(
      personID: try r.int64(0), name: try r.string(1), fullName: try r.string(2),
      role: Role(rawValue: try r.string(3)) ?? .viewer, createdAt: try r.timestamp(4),
      disabledAt: try r.timestampOrNil(5), seenAt: try r.timestampOrNil(6))
  }
}

struct FindPassword: PostgresStatement {
  static let sql = """
    select person_id, password_hash from people where name = $1 and disabled_at is null
    """
  let name: String
  func bind(_ b: inout PostgresBindings) { b.append(name) }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (personID: Int64, hash: String) {
    (try r.int64(0), try r.string(1))
  }
}

/// A new password, role or name, or the end of an account; what is `nil` stays. Whoever it concerns
/// has to sign in again when the password or the account's life changed. The last owner who can come
/// in stays one: then it returns nothing.
struct ChangePerson: PostgresStatement {
  static let sql = """
    with owners as (
      select person_id from people where role = 'owner' and disabled_at is null
      order by person_id for update
    ), changed as (
      update people set full_name = coalesce($2, full_name), role = coalesce($3, role),
        password_hash = coalesce($4, password_hash),
        disabled_at = case $5::boolean when true then coalesce(disabled_at, clock_timestamp())
          when false then null else disabled_at end
      where name = $1 and (
        coalesce($3, role) = 'owner' and $5 is distinct from true
        or exists (select 1 from owners o where o.person_id <> people.person_id)
        or not exists (select 1 from owners o where o.person_id = people.person_id))
      returning person_id
    ), ended as (
      delete from sessions where person_id in (select person_id from changed)
        and ($4 is not null or $5 is true) and token_sha256 is distinct from $6
    ), noted as (
      insert into audit_trail (person_id, actor, address, action, subject, detail)
      select $7, $8, $9, $10, $11, $12 from changed
    )
    select person_id from changed
    """
  let change: PersonChange
  let act: Act
  func bind(_ b: inout PostgresBindings) {
    b.append(change.name)
    b.append(change.fullName)
    b.append(change.role?.rawValue)
    b.append(change.passwordHash)
    b.append(change.isDisabled)
    b.append(change.sparedSession)
    act.bind(&b)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

extension NewPerson {
  fileprivate func bind(_ b: inout PostgresBindings) {
    b.append(name)
    b.append(Plain.text(fullName))
    b.append(role.rawValue)
    b.append(passwordHash)
  }
}
