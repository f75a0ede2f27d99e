/// Statements that go out together and commit together: one implicit transaction, one round trip.
public struct PostgresBatch: Sendable {
  struct Entry: Sendable {
    let statement: any PostgresStatement.Type
    let prepares: Bool
    /// Its parameters among all of the batch.
    let parameters: Range<Int>
  }

  var entries: [Entry] = []
  var bindings = PostgresBindings()

  public init() {}

  public var isEmpty: Bool { entries.isEmpty }
  public var count: Int { entries.count }

  @discardableResult
  public mutating func add<S: PostgresStatement>(_ statement: S) -> PostgresBatchKey<S> {
    let first = bindings.places.count
    statement.bind(&bindings)
    entries.append(
      Entry(
        statement: S.self, prepares: statement.prepares,
        parameters: first..<bindings.places.count))
    return PostgresBatchKey(index: entries.count - 1)
  }
}

/// Finds a statement's rows among the results of its batch.
public struct PostgresBatchKey<S: PostgresStatement>: Sendable {
  let index: Int
}

/// What a batch brought; rows are decoded when asked for, by whoever asks.
public struct PostgresBatchResults: Sendable {
  let results: [ResultHandle]

  public subscript<S: PostgresStatement>(key: PostgresBatchKey<S>) -> [S.Row] {
    get throws(PostgresError) { try results[key.index].rows(of: S.self) }
  }

  /// Rows that the statement returned or changed.
  public func affected<S: PostgresStatement>(_ key: PostgresBatchKey<S>) -> Int {
    results[key.index].affected
  }
}
