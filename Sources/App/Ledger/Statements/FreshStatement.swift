import Postgres

/// Writes rows that are new as a rule. `sql` looks for doubles, which costs a lock and an entry in the log
/// for every row; `freshSQL` does not, and where there is a double it ends its transaction with
/// `unique_violation`.
protocol FreshStatement: PostgresStatement {
  static var freshSQL: String { get }
}

struct Fresh<Statement: FreshStatement>: PostgresStatement {
  static var sql: String { Statement.freshSQL }
  let statement: Statement
  var prepares: Bool { statement.prepares }
  func bind(_ b: inout PostgresBindings) { statement.bind(&b) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Statement.Row {
    try Statement.row(r)
  }
}

/// Finds the rows of a statement that was added in one of its two forms.
enum FreshKey<Statement: FreshStatement> {
  case fresh(PostgresBatchKey<Fresh<Statement>>)
  case careful(PostgresBatchKey<Statement>)

  func rows(in results: PostgresBatchResults) throws(PostgresError) -> [Statement.Row] {
    switch self {
    case .fresh(let key): try results[key]
    case .careful(let key): try results[key]
    }
  }
}

extension PostgresBatch {
  @discardableResult
  mutating func add<S: FreshStatement>(_ statement: S, isFresh: Bool) -> FreshKey<S> {
    isFresh ? .fresh(add(Fresh(statement: statement))) : .careful(add(statement))
  }
}
