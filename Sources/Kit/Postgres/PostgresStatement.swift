/// One SQL statement: its text, what is bound, what a row of the answer is.
public protocol PostgresStatement: Sendable {
  associatedtype Row: Sendable = Void
  static var sql: String { get }
  func bind(_ b: inout PostgresBindings)
  static func row(_ r: PostgresRow) throws(PostgresError) -> Row
}

extension PostgresStatement where Row == Void {
  public static func row(_ r: PostgresRow) throws(PostgresError) {}
}

/// Statements that go out together and commit together: one implicit transaction, one round trip.
public struct PostgresBatch: Sendable {
  struct Entry: Sendable {
    var name: String
    var sql: String
    var bindings: PostgresBindings
  }
  var entries: [Entry] = []

  public init() {}

  public var isEmpty: Bool { entries.isEmpty }

  public mutating func add<S: PostgresStatement>(_ statement: S) -> PostgresBatchKey<S> {
    var bindings = PostgresBindings()
    statement.bind(&bindings)
    entries.append(Entry(name: "\(S.self)", sql: S.sql, bindings: bindings))
    return PostgresBatchKey(index: entries.count - 1)
  }
}

/// Finds a statement's rows among the results of its batch.
public struct PostgresBatchKey<S: PostgresStatement>: Sendable {
  let index: Int
}

public struct PostgresBatchResults: Sendable {
  let results: [ResultHandle]

  public subscript<S: PostgresStatement>(key: PostgresBatchKey<S>) -> [S.Row] {
    get throws(PostgresError) { try results[key.index].rows(of: S.self) }
  }

  /// Rows that the statement changed.
  public func affected<S: PostgresStatement>(_ key: PostgresBatchKey<S>) -> Int {
    results[key.index].affected
  }
}
