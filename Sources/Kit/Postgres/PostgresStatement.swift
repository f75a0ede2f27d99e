/// One SQL statement as a type: its text, what is bound, what a row of the answer is.
///
///     struct FindOrder: PostgresStatement {
///       static let sql = "select order_id, total_cents from orders where order_id = $1"
///       let orderID: String
///       func bind(_ b: inout PostgresBindings) { b.append(orderID) }
///       static func row(_ r: PostgresRow) throws(PostgresError) -> (String, Int64) {
///         (try r.string(0), try r.int64(1))
///       }
///     }
///
/// Parameters and results travel in binary; a parameter's type is what `bind` appended.
public protocol PostgresStatement: Sendable {
  associatedtype Row: Sendable = Void

  static var sql: String { get }

  /// Whether each connection prepares it at its first use and keeps it.
  var prepares: Bool { get }

  /// Appends one value for each of `$1`, `$2`, ...
  func bind(_ b: inout PostgresBindings)

  static func row(_ r: PostgresRow) throws(PostgresError) -> Row
}

extension PostgresStatement {
  public var prepares: Bool { true }
  public func bind(_ b: inout PostgresBindings) {}
}

extension PostgresStatement where Row == Void {
  public static func row(_ r: PostgresRow) throws(PostgresError) {}
}
