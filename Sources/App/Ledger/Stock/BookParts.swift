import Kit
import Postgres
import Stock

/// Books movements, whole or not at all, in whatever transaction it is part of. It takes the locks of
/// the parts in the order of their ids; who also locks orders does that first.
///
/// Rows: each movement that was new. One whose key was booked before is left out.
struct BookParts: PostgresStatement {
  static let sql = """
    select movement_id, component_id, delta from book_stock($1, $2, $3, $4::bigint[], $5::bigint[],
      $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
    """
  let now: Timestamp
  let actor: String
  /// What leaves beyond the count is written down as found, as at the bench, where the part is in
  /// the packer's hand. Without it, taking more than there is refuses the whole batch.
  let covers: Bool
  let bookings: [PartBooking]

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(actor)
    b.append(covers)
    b.append(bookings.map(\.componentID))
    b.append(bookings.map(\.delta))
    b.append(bookings.map(\.kind.rawValue))
    b.append(bookings.map { $0.reason.map(Plain.text) })
    b.append(bookings.map(\.orderID))
    b.append(bookings.map(\.orderLineID))
    b.append(bookings.map(\.requestKey))
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> BookedPart {
    BookedPart(movementID: try r.int64(0), componentID: try r.int64(1), delta: try r.int64(2))
  }
}
