internal import CPostgres
public import Kit

/// A result of libpq; freed with its last reference.
final class ResultHandle: @unchecked Sendable {
  // Owned by this object alone and never changed after libpq gave it: safe to read from anywhere.
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }

  var affected: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

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
}

/// One row of an answer, read by position. `...OrNil` takes NULL; the others refuse it.
public struct PostgresRow {
  let result: ResultHandle
  let row: Int32

  private func cell(_ column: Int) -> UnsafeRawBufferPointer? {
    guard PQgetisnull(result.pointer, row, Int32(column)) == 0,
      let value = PQgetvalue(result.pointer, row, Int32(column))
    else { return nil }
    return UnsafeRawBufferPointer(
      start: value, count: Int(PQgetlength(result.pointer, row, Int32(column))))
  }

  private func type(_ column: Int) -> UInt32 { PQftype(result.pointer, Int32(column)) }

  private func wrong(_ column: Int, _ wanted: String) -> PostgresError {
    let name = PQfname(result.pointer, Int32(column)).map { String(cString: $0) } ?? "?"
    return PostgresError(
      .decoding, "column \(column) (\(name)) of type \(type(column)) is no \(wanted)")
  }

  private func need<Value>(
    _ value: Value?, _ column: Int, _ wanted: String
  ) throws(PostgresError) -> Value {
    guard let value else { throw wrong(column, wanted + " (it is NULL)") }
    return value
  }

  public func isNull(_ column: Int) -> Bool { cell(column) == nil }

  public func bytesOrNil(_ column: Int) throws(PostgresError) -> [UInt8]? {
    guard let cell = cell(column) else { return nil }
    // jsonb's binary form begins with its version.
    if type(column) == 3802 { return Array(cell.dropFirst()) }
    return Array(cell)
  }
  public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] {
    try need(bytesOrNil(column), column, "bytes")
  }

  /// Text of any textual type, json and jsonb.
  public func stringOrNil(_ column: Int) throws(PostgresError) -> String? {
    guard let cell = cell(column) else { return nil }
    switch type(column) {
    case 25, 1043, 1042, 19, 18, 114, 705, 3220: return String(decoding: cell, as: UTF8.self)
    case 3802: return String(decoding: cell.dropFirst(), as: UTF8.self)
    default: throw wrong(column, "text")
    }
  }
  public func string(_ column: Int) throws(PostgresError) -> String {
    try need(stringOrNil(column), column, "text")
  }

  public func int64OrNil(_ column: Int) throws(PostgresError) -> Int64? {
    guard let cell = cell(column) else { return nil }
    switch type(column) {
    case 20: return Int64(bigEndian: cell.loadUnaligned(as: Int64.self))
    case 23: return Int64(Int32(bigEndian: cell.loadUnaligned(as: Int32.self)))
    case 21: return Int64(Int16(bigEndian: cell.loadUnaligned(as: Int16.self)))
    default: throw wrong(column, "whole number")
    }
  }
  public func int64(_ column: Int) throws(PostgresError) -> Int64 {
    try need(int64OrNil(column), column, "whole number")
  }
  public func intOrNil(_ column: Int) throws(PostgresError) -> Int? {
    try int64OrNil(column).map(Int.init)
  }
  public func int(_ column: Int) throws(PostgresError) -> Int { Int(try int64(column)) }
  public func int32OrNil(_ column: Int) throws(PostgresError) -> Int32? {
    guard let value = try int64OrNil(column) else { return nil }
    guard let small = Int32(exactly: value) else { throw wrong(column, "32-bit number") }
    return small
  }
  public func int32(_ column: Int) throws(PostgresError) -> Int32 {
    try need(int32OrNil(column), column, "32-bit number")
  }

  public func doubleOrNil(_ column: Int) throws(PostgresError) -> Double? {
    guard let cell = cell(column) else { return nil }
    guard type(column) == 701 else { throw wrong(column, "float8") }
    return Double(bitPattern: UInt64(bigEndian: cell.loadUnaligned(as: UInt64.self)))
  }
  public func double(_ column: Int) throws(PostgresError) -> Double {
    try need(doubleOrNil(column), column, "float8")
  }

  public func boolOrNil(_ column: Int) throws(PostgresError) -> Bool? {
    guard let cell = cell(column) else { return nil }
    guard type(column) == 16 else { throw wrong(column, "boolean") }
    return cell[0] != 0
  }
  public func bool(_ column: Int) throws(PostgresError) -> Bool {
    try need(boolOrNil(column), column, "boolean")
  }

  public func timestampOrNil(_ column: Int) throws(PostgresError) -> Timestamp? {
    guard let cell = cell(column) else { return nil }
    guard type(column) == 1184 else { throw wrong(column, "timestamptz") }
    let micros = Int64(bigEndian: cell.loadUnaligned(as: Int64.self))
    return Timestamp(microseconds: micros &+ PostgresBindings.epochMicroseconds)
  }
  public func timestamp(_ column: Int) throws(PostgresError) -> Timestamp {
    try need(timestampOrNil(column), column, "timestamptz")
  }

  public func uuidOrNil(_ column: Int) throws(PostgresError) -> UUIDv7? {
    guard let cell = cell(column) else { return nil }
    guard type(column) == 2950, let id = UUIDv7(bytes: cell) else { throw wrong(column, "uuid") }
    return id
  }
  public func uuid(_ column: Int) throws(PostgresError) -> UUIDv7 {
    try need(uuidOrNil(column), column, "uuid")
  }

  /// NULL elements are left out.
  public func stringArrayOrNil(_ column: Int) throws(PostgresError) -> [String]? {
    guard let cell = cell(column) else { return nil }
    guard type(column) == 1009 else { throw wrong(column, "text[]") }
    func number(_ at: Int) -> Int { Int(Int32(bigEndian: cell.loadUnaligned(fromByteOffset: at, as: Int32.self))) }
    guard cell.count >= 20, number(0) == 1 else { return [] }
    var all: [String] = []
    var at = 20
    for _ in 0..<number(12) {
      let length = number(at)
      at += 4
      guard length >= 0 else { continue }
      all.append(String(decoding: cell[at..<(at + length)], as: UTF8.self))
      at += length
    }
    return all
  }
  public func stringArray(_ column: Int) throws(PostgresError) -> [String] {
    try need(stringArrayOrNil(column), column, "text[]")
  }
}
