public import Kit
import Postgres

public struct StocktakeRow: Sendable, Equatable {
  public enum State: String, Sendable { case open, closed, cancelled }

  public let id: Int64
  public let title: String
  /// The sheet does not show what is expected.
  public let isBlind: Bool
  public let state: State
  public let createdBy: String
  public let createdAt: Timestamp
  public let parts: Int
  public let counted: Int
  /// Counted parts whose count is not what was expected.
  public let differing: Int
}

public struct StocktakeLine: Sendable, Equatable {
  public let code: String
  public let name: String
  public let type: String
  public let counted: Int64?
  /// On hand at the moment of the count.
  public let expected: Int64?
  public let countedBy: String?
}

/// All active components, or those of one type. No row: the form came before.
struct OpenStocktake: PostgresStatement {
  static let sql = """
    with sheet as (
      insert into stocktakes (title, is_blind, created_by, created_at, form_key)
      values ($1, $2, $3, coalesce($5, clock_timestamp()), $6)
      on conflict (form_key) where form_key is not null do nothing
      returning stocktake_id
    ), lines as (
      insert into stocktake_lines (stocktake_id, component_id)
      select s.stocktake_id, c.id from sheet s, components c
      where c.is_active and ($4 = '' or c.type = $4)
    )
    select stocktake_id from sheet
    """
  let title: String
  let isBlind: Bool
  let actor: String
  let type: String
  let now: Timestamp?
  let formKey: String?
  func bind(_ b: inout PostgresBindings) {
    b.append(Plain.text(title))
    b.append(isBlind)
    b.append(actor)
    b.append(type)
    b.append(now)
    b.append(formKey)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct FindFormStocktake: PostgresStatement {
  static let sql = "select stocktake_id from stocktakes where form_key = $1"
  let formKey: String
  func bind(_ b: inout PostgresBindings) { b.append(formKey) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// A count replaces an earlier one, with what is expected now. The sheet is locked first: it is not
/// closed before the count is written. Then the stock's row: nothing leaves between count and
/// expectation. Row: what was expected.
struct CountPart: PostgresStatement {
  static let sql = """
    with sheet as materialized (
      select stocktake_id from stocktakes where stocktake_id = $1 and state = 'open' for share
    ), stock as materialized (
      select sheet.stocktake_id, s.component_id, s.on_hand
      from sheet cross join components c join component_stock s on s.component_id = c.id
      where c.code = $2 for update of s)
    update stocktake_lines l set counted = $3, expected = stock.on_hand, counted_by = $4,
      counted_at = coalesce($5, clock_timestamp()),
      counted_after = last_movement(stock.component_id), times = l.times + 1
    from stock
    where l.stocktake_id = stock.stocktake_id and l.component_id = stock.component_id
    returning stock.on_hand
    """
  let stocktakeID: Int64
  let code: String
  let counted: Int64
  let actor: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(stocktakeID)
    b.append(code)
    b.append(counted)
    b.append(actor)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// Row: how many differences were booked; null when it is not open.
struct CloseStocktake: PostgresStatement {
  static let sql = "select close_stocktake($1, $2, $3)"
  let stocktakeID: Int64
  let actor: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(stocktakeID)
    b.append(actor)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int? { try r.intOrNil(0) }
}

struct CancelStocktake: PostgresStatement {
  static let sql = """
    update stocktakes set state = 'cancelled', closed_by = $2,
      closed_at = coalesce($3, clock_timestamp())
    where stocktake_id = $1 and state = 'open' returning stocktake_id
    """
  let stocktakeID: Int64
  let actor: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(stocktakeID)
    b.append(actor)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct ReadStocktakes: PostgresStatement {
  static let sql = """
    select t.stocktake_id, t.title, t.is_blind, t.state, t.created_by, t.created_at,
      count(l.*), count(l.counted), count(*) filter (where l.counted <> l.expected)
    from (
      select * from stocktakes where ($1 = 0 or stocktake_id = $1)
      order by stocktake_id desc limit $2) t
    left join stocktake_lines l using (stocktake_id)
    group by t.stocktake_id, t.title, t.is_blind, t.state, t.created_by, t.created_at
    order by t.stocktake_id desc
    """
  let stocktakeID: Int64
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(stocktakeID)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> StocktakeRow {
    StocktakeRow(
      id: try r.int64(0), title: try r.string(1), isBlind: try r.bool(2),
      state: StocktakeRow.State(rawValue: try r.string(3)) ?? .closed,
      createdBy: try r.string(4), createdAt: try r.timestamp(5), parts: try r.int(6),
      counted: try r.int(7), differing: try r.int(8))
  }
}

/// A page of a sheet, in the order of types and names; those that are not counted come first.
struct ReadStocktakeLines: PostgresStatement {
  static let sql = """
    select c.code, c.name, c.type, l.counted, l.expected, l.counted_by
    from stocktake_lines l join components c on c.id = l.component_id
    where l.stocktake_id = $1
    order by l.counted is not null, c.type, lower(c.name), c.id limit $2
    """
  let stocktakeID: Int64
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(stocktakeID)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> StocktakeLine {
    StocktakeLine(
      code: try r.string(0), name: try r.string(1), type: try r.string(2),
      counted: try r.int64OrNil(3), expected: try r.int64OrNil(4), countedBy: try r.stringOrNil(5))
  }
}
