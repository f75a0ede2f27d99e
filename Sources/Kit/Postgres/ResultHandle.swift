internal import CPostgres
internal import CShims

/// A result of libpq; freed with its last reference.
final class ResultHandle: @unchecked Sendable {
  // Owned by this object alone and never changed after libpq gave it: safe to read from anywhere.
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }

  /// Rows that were returned or changed.
  var affected: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

  /// `INSERT 0 1`, `COMMIT`, ...
  var tag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }

  func rows<S: PostgresStatement>(of type: S.Type) throws(PostgresError) -> [S.Row] {
    let count = PQntuples(pointer)
    var rows: [S.Row] = []
    rows.reserveCapacity(Int(count))
    for i in 0..<count {
      do {
        rows.append(try S.row(PostgresRow(result: self, row: i)))
      } catch {
        var error = error
        error.statement = "\(S.self)"
        throw error
      }
    }
    return rows
  }

  /// What the server said, if it was an error of the server: without SQLSTATE the connection died.
  func error(in statement: String) -> PostgresError {
    guard let state = field(qs_diag_sqlstate()) else {
      let message = PQresultErrorMessage(pointer).map { String(cString: $0) } ?? ""
      return PostgresError(.connectionLost, message, statement: statement)
    }
    let code: PostgresError.Code = state == "57P03" ? .serverStarting : .sqlState(state)
    var error = PostgresError(
      code, field(qs_diag_message()) ?? "", detail: field(qs_diag_detail()), statement: statement)
    error.constraint = field(qs_diag_constraint())
    return error
  }

  private func field(_ code: Int32) -> String? {
    PQresultErrorField(pointer, code).map { String(cString: $0) }
  }
}
