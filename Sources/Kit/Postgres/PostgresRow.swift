internal import CPostgres
public import Kit

/// One row of an answer, read by position. `...OrNil` takes NULL, the others refuse it; each throws
/// `.decoding` for a column of another type or one that is not there.
public struct PostgresRow {
  let result: ResultHandle
  let row: Int32

  public func isNull(_ column: Int) throws(PostgresError) -> Bool { try cell(column) == nil }

  // MARK: Text and bytes

  /// Text of any textual type, `json` and `jsonb` included.
  public func string(_ column: Int) throws(PostgresError) -> String {
    try need(stringOrNil(column), column, "text")
  }
  public func stringOrNil(_ column: Int) throws(PostgresError) -> String? {
    guard let cell = try cell(column) else { return nil }
    return String(decoding: try text(cell, column), as: UTF8.self)
  }

  /// The bytes of `bytea`, or the UTF-8 of a text, `json` or `jsonb`.
  public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] {
    try need(bytesOrNil(column), column, "bytes")
  }
  public func bytesOrNil(_ column: Int) throws(PostgresError) -> [UInt8]? {
    guard let cell = try cell(column) else { return nil }
    if type(column) == PostgresBindings.OID.bytea { return Array(cell) }
    return Array(try text(cell, column))
  }

  // MARK: Numbers

  /// `int8`, `int4` or `int2`.
  public func int64(_ column: Int) throws(PostgresError) -> Int64 {
    try need(int64OrNil(column), column, "whole number")
  }
  public func int64OrNil(_ column: Int) throws(PostgresError) -> Int64? {
    guard let cell = try cell(column) else { return nil }
    switch (type(column), cell.count) {
    case (20, 8): return cell.big(0, Int64.self)
    case (23, 4): return Int64(cell.big(0, Int32.self))
    case (21, 2): return Int64(cell.big(0, Int16.self))
    default: throw wrong(column, "whole number")
    }
  }
  public func int(_ column: Int) throws(PostgresError) -> Int { Int(try int64(column)) }
  public func intOrNil(_ column: Int) throws(PostgresError) -> Int? {
    try int64OrNil(column).map(Int.init)
  }
  public func int32(_ column: Int) throws(PostgresError) -> Int32 {
    try need(int32OrNil(column), column, "32-bit number")
  }
  public func int32OrNil(_ column: Int) throws(PostgresError) -> Int32? {
    guard let value = try int64OrNil(column) else { return nil }
    guard let small = Int32(exactly: value) else { throw wrong(column, "32-bit number") }
    return small
  }
  /// `float8` or `float4`.
  public func double(_ column: Int) throws(PostgresError) -> Double {
    try need(doubleOrNil(column), column, "float8")
  }
  public func doubleOrNil(_ column: Int) throws(PostgresError) -> Double? {
    guard let cell = try cell(column) else { return nil }
    switch (type(column), cell.count) {
    case (701, 8): return Double(bitPattern: cell.big(0, UInt64.self))
    case (700, 4): return Double(Float(bitPattern: cell.big(0, UInt32.self)))
    default: throw wrong(column, "float8")
    }
  }
  public func bool(_ column: Int) throws(PostgresError) -> Bool {
    try need(boolOrNil(column), column, "boolean")
  }
  public func boolOrNil(_ column: Int) throws(PostgresError) -> Bool? {
    guard let cell = try cell(column) else { return nil }
    guard type(column) == PostgresBindings.OID.bool, let byte = cell.first else {
      throw wrong(column, "boolean")
    }
    return byte != 0
  }

  // MARK: Time and ids

  public func timestamp(_ column: Int) throws(PostgresError) -> Timestamp {
    try need(timestampOrNil(column), column, "timestamptz")
  }
  /// `infinity` and `-infinity` are not moments: they are refused.
  public func timestampOrNil(_ column: Int) throws(PostgresError) -> Timestamp? {
    guard let cell = try cell(column) else { return nil }
    guard type(column) == PostgresBindings.OID.timestamptz, cell.count == 8 else {
      throw wrong(column, "timestamptz")
    }
    let wire = cell.big(0, Int64.self)
    guard wire != .max, wire != .min else { throw wrong(column, "finite timestamptz") }
    return Timestamp(microseconds: wire &+ Timestamp.postgresEpoch)
  }
  public func uuid(_ column: Int) throws(PostgresError) -> UUIDv7 {
    try need(uuidOrNil(column), column, "uuid")
  }
  public func uuidOrNil(_ column: Int) throws(PostgresError) -> UUIDv7? {
    guard let cell = try cell(column) else { return nil }
    guard type(column) == PostgresBindings.OID.uuid, cell.count == 16 else {
      throw wrong(column, "uuid")
    }
    return UUIDv7(high: cell.big(0, UInt64.self), low: cell.big(8, UInt64.self))
  }

  // MARK: Arrays, of one dimension; NULL elements are left out

  public func stringArray(_ column: Int) throws(PostgresError) -> [String] {
    try need(stringArrayOrNil(column), column, "text[]")
  }
  public func stringArrayOrNil(_ column: Int) throws(PostgresError) -> [String]? {
    try array(column, 1009, "text[]") { String(decoding: $0, as: UTF8.self) }
  }
  public func int64Array(_ column: Int) throws(PostgresError) -> [Int64] {
    try need(int64ArrayOrNil(column), column, "bigint[]")
  }
  public func int64ArrayOrNil(_ column: Int) throws(PostgresError) -> [Int64]? {
    try array(column, 1016, "bigint[]") { $0.count == 8 ? $0.big(0, Int64.self) : nil }
  }

  // MARK: Reading

  @inline(__always)
  private func cell(_ column: Int) throws(PostgresError) -> UnsafeRawBufferPointer? {
    let at = Int32(truncatingIfNeeded: column)
    let length = PQgetlength(result.pointer, row, at)
    // Length 0 is NULL, an empty value, or a column that is not there.
    if length == 0, PQgetisnull(result.pointer, row, at) != 0 {
      if at >= 0, at < PQnfields(result.pointer) { return nil }
      throw PostgresError(.decoding, "there is no column \(column)")
    }
    return UnsafeRawBufferPointer(start: PQgetvalue(result.pointer, row, at), count: Int(length))
  }

  @inline(__always)
  private func type(_ column: Int) -> UInt32 {
    PQftype(result.pointer, Int32(truncatingIfNeeded: column))
  }

  private func text(
    _ cell: UnsafeRawBufferPointer, _ column: Int
  ) throws(PostgresError) -> Slice<UnsafeRawBufferPointer> {
    switch type(column) {
    // text, varchar, bpchar, name, "char", json, unknown, xml
    case 25, 1043, 1042, 19, 18, 114, 705, 142: return cell[...]
    // jsonb: its binary form begins with a version.
    case 3802: return cell.dropFirst()
    default: throw wrong(column, "text")
    }
  }

  private func array<Element>(
    _ column: Int, _ wanted: UInt32, _ name: String,
    _ element: (Slice<UnsafeRawBufferPointer>) -> Element?
  ) throws(PostgresError) -> [Element]? {
    guard let cell = try cell(column) else { return nil }
    guard type(column) == wanted, cell.count >= 12 else { throw wrong(column, name) }
    let dimensions = cell.big(0, Int32.self)
    if dimensions == 0 { return [] }
    guard dimensions == 1, cell.count >= 20 else { throw wrong(column, name) }
    var all: [Element] = []
    var at = 20
    for _ in 0..<max(0, cell.big(12, Int32.self)) {
      guard cell.count >= at + 4 else { throw wrong(column, name) }
      let length = Int(cell.big(at, Int32.self))
      at += 4
      if length < 0 { continue }
      guard cell.count >= at + length, let value = element(cell[at..<(at + length)]) else {
        throw wrong(column, name)
      }
      all.append(value)
      at += length
    }
    return all
  }

  @inline(__always)
  private func need<Value>(
    _ value: Value?, _ column: Int, _ wanted: String
  ) throws(PostgresError) -> Value {
    guard let value else { throw wrong(column, wanted, isNull: true) }
    return value
  }

  private func wrong(_ column: Int, _ wanted: String, isNull: Bool = false) -> PostgresError {
    let name = PQfname(result.pointer, Int32(column)).map { String(cString: $0) } ?? "?"
    let found = isNull ? "NULL" : "of type oid \(type(column))"
    return PostgresError(.decoding, "column \(column) (\(name)) is \(found), not \(wanted)")
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  fileprivate func big<Value: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int, _ type: Value.Type
  ) -> Value {
    Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}

extension Slice where Base == UnsafeRawBufferPointer {
  fileprivate func big<Value: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int, _ type: Value.Type
  ) -> Value {
    UnsafeRawBufferPointer(rebasing: self).big(offset, type)
  }
}
