import Kit
import Postgres

/// Writes what a batch of decisions means for the stock, in their transaction. Saying the same again
/// changes nothing: parts are taken on once, and what no order holds cannot leave with it.
struct SettleStock: PostgresStatement {
  static let sql = """
    select settle_stock($1, $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
      $7::bigint[], $8::boolean[], $9::text[], $10::text[])::text
    """
  let now: Timestamp
  let changes: StockChanges

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(changes.taken.map(\.orderID))
    b.append(changes.taken.map(\.orderLineID))
    b.append(changes.taken.map(\.componentID))
    b.append(changes.taken.map(\.variantID))
    b.append(changes.taken.map(\.perUnit))
    b.append(changes.taken.map(\.units))
    b.append(changes.taken.map(\.asksSerial))
    b.append(changes.released)
    b.append(changes.shipped)
  }
}
