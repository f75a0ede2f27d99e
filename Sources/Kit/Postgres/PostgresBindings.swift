import Glibc
public import Kit

/// The values of a statement's parameters, in binary with stated types, in one contiguous buffer.
///
/// All statements of a batch share one. `nil` is NULL. A text with U+0000, which PostgreSQL cannot
/// hold, is noticed here and makes the query fail with `.invalidText` before anything is sent.
public struct PostgresBindings: Sendable {
  /// The most that one batch may carry; PostgreSQL's own limit of one value is 1 GB.
  static let bytesMax = 512 << 20

  enum OID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let float8: UInt32 = 701
    static let timestamptz: UInt32 = 1184
    static let uuid: UInt32 = 2950
    static let boolArray: UInt32 = 1000
    static let byteaArray: UInt32 = 1001
    static let int4Array: UInt32 = 1007
    static let textArray: UInt32 = 1009
    static let int8Array: UInt32 = 1016
    static let float8Array: UInt32 = 1022
    static let timestamptzArray: UInt32 = 1185
    static let uuidArray: UInt32 = 2951
  }

  /// Where a value lies in `bytes`; a negative length is NULL.
  struct Place: Sendable {
    var offset: Int
    var length: Int32
  }

  var types: [UInt32] = []
  var places: [Place] = []
  var bytes = WireBuffer()
  var problem: PostgresError.Code?

  init() {}

  // MARK: Single values

  public mutating func append(_ value: String?) {
    guard let value else { return appendNull(OID.text) }
    let length = value.utf8.count
    guard let at = begin(OID.text, length) else { return }
    put(value, length, at)
  }
  public mutating func append(_ value: Int64?) {
    guard let value else { return appendNull(OID.int8) }
    begin(OID.int8, 8)?.putBig(value)
  }
  public mutating func append(_ value: Int?) { append(value.map(Int64.init)) }
  public mutating func append(_ value: Int32?) {
    guard let value else { return appendNull(OID.int4) }
    begin(OID.int4, 4)?.putBig(value)
  }
  public mutating func append(_ value: Bool?) {
    guard let value else { return appendNull(OID.bool) }
    begin(OID.bool, 1)?.putBig(UInt8(value ? 1 : 0))
  }
  public mutating func append(_ value: Double?) {
    guard let value else { return appendNull(OID.float8) }
    begin(OID.float8, 8)?.putBig(value.bitPattern)
  }
  public mutating func append(_ value: Timestamp?) {
    guard let value else { return appendNull(OID.timestamptz) }
    begin(OID.timestamptz, 8)?.putBig(value.wire)
  }
  public mutating func append(_ value: UUIDv7?) {
    guard let value else { return appendNull(OID.uuid) }
    begin(OID.uuid, 16)?.putUUID(value)
  }
  /// As `bytea`.
  public mutating func append(_ value: [UInt8]?) {
    guard let value else { return appendNull(OID.bytea) }
    value.withUnsafeBytes { begin(OID.bytea, $0.count)?.putRaw($0) }
  }
  /// As `text`, straight from bytes: the caller knows that they are UTF-8.
  public mutating func appendUTF8(_ value: [UInt8]?) { appendUTF8(value.map { $0[...] }) }
  /// As `text`, straight from bytes: the caller knows that they are UTF-8.
  public mutating func appendUTF8(_ value: ArraySlice<UInt8>?) {
    guard let value else { return appendNull(OID.text) }
    guard let at = begin(OID.text, value.count) else { return }
    value.withUnsafeBytes { putText($0, at) }
  }

  // MARK: Arrays

  public mutating func append(_ values: [String]) {
    var size = 4 * values.count
    for value in values { size += value.utf8.count }
    guard var at = beginArray(OID.textArray, OID.text, values.count, size) else { return }
    for value in values {
      let length = value.utf8.count
      at.putBig(Int32(length))
      put(value, length, at + 4)
      at += 4 + length
    }
  }
  public mutating func append(_ values: [String?]) {
    var size = 4 * values.count
    for value in values { size += value?.utf8.count ?? 0 }
    guard var at = beginArray(OID.textArray, OID.text, values.count, size) else { return }
    for value in values {
      guard let value else {
        at.putNull()
        continue
      }
      let length = value.utf8.count
      at.putBig(Int32(length))
      put(value, length, at + 4)
      at += 4 + length
    }
  }
  /// As `text[]`, straight from bytes: the caller knows that they are UTF-8.
  public mutating func appendUTF8Array(_ values: [ArraySlice<UInt8>?]) {
    var size = 4 * values.count
    for value in values { size += value?.count ?? 0 }
    guard var at = beginArray(OID.textArray, OID.text, values.count, size) else { return }
    for value in values {
      guard let value else {
        at.putNull()
        continue
      }
      at.putBig(Int32(value.count))
      value.withUnsafeBytes { putText($0, at + 4) }
      at += 4 + value.count
    }
  }
  /// As `bytea[]`.
  public mutating func append(_ values: [[UInt8]?]) {
    var size = 4 * values.count
    for value in values { size += value?.count ?? 0 }
    guard var at = beginArray(OID.byteaArray, OID.bytea, values.count, size) else { return }
    for value in values {
      guard let value else {
        at.putNull()
        continue
      }
      at.putBig(Int32(value.count))
      value.withUnsafeBytes { (at + 4).putRaw($0) }
      at += 4 + value.count
    }
  }
  public mutating func append(_ values: [Int64]) {
    fixed(OID.int8Array, OID.int8, 8, values) { $1.putBig($0) }
  }
  public mutating func append(_ values: [Int64?]) {
    optional(OID.int8Array, OID.int8, 8, values) { $1.putBig($0) }
  }
  /// As `int8[]`.
  public mutating func append(_ values: [Int]) {
    fixed(OID.int8Array, OID.int8, 8, values) { $1.putBig(Int64($0)) }
  }
  public mutating func append(_ values: [Int32]) {
    fixed(OID.int4Array, OID.int4, 4, values) { $1.putBig($0) }
  }
  public mutating func append(_ values: [Int32?]) {
    optional(OID.int4Array, OID.int4, 4, values) { $1.putBig($0) }
  }
  public mutating func append(_ values: [Bool]) {
    fixed(OID.boolArray, OID.bool, 1, values) { $1.putBig(UInt8($0 ? 1 : 0)) }
  }
  public mutating func append(_ values: [Bool?]) {
    optional(OID.boolArray, OID.bool, 1, values) { $1.putBig(UInt8($0 ? 1 : 0)) }
  }
  public mutating func append(_ values: [Double]) {
    fixed(OID.float8Array, OID.float8, 8, values) { $1.putBig($0.bitPattern) }
  }
  public mutating func append(_ values: [Double?]) {
    optional(OID.float8Array, OID.float8, 8, values) { $1.putBig($0.bitPattern) }
  }
  public mutating func append(_ values: [Timestamp]) {
    fixed(OID.timestamptzArray, OID.timestamptz, 8, values) { $1.putBig($0.wire) }
  }
  public mutating func append(_ values: [Timestamp?]) {
    optional(OID.timestamptzArray, OID.timestamptz, 8, values) { $1.putBig($0.wire) }
  }
  public mutating func append(_ values: [UUIDv7]) {
    fixed(OID.uuidArray, OID.uuid, 16, values) { $1.putUUID($0) }
  }
  public mutating func append(_ values: [UUIDv7?]) {
    optional(OID.uuidArray, OID.uuid, 16, values) { $1.putUUID($0) }
  }

  // MARK: Writing

  private mutating func appendNull(_ type: UInt32) {
    types.append(type)
    places.append(Place(offset: bytes.count, length: -1))
  }

  /// Room for one value; `nil` when the batch has become too large, which fails it.
  private mutating func begin(_ type: UInt32, _ length: Int) -> UnsafeMutableRawPointer? {
    guard bytes.count + length <= Self.bytesMax else {
      problem = .tooLarge
      appendNull(type)
      return nil
    }
    types.append(type)
    places.append(Place(offset: bytes.count, length: Int32(length)))
    return bytes.extend(by: length)
  }

  /// Room for a one-dimensional array with its head written; points at the first element.
  private mutating func beginArray(
    _ type: UInt32, _ element: UInt32, _ count: Int, _ size: Int
  ) -> UnsafeMutableRawPointer? {
    guard let at = begin(type, count == 0 ? 12 : 20 + size) else { return nil }
    at.putBig(Int32(count == 0 ? 0 : 1))
    // The "has NULLs" flag: PostgreSQL looks for itself.
    at.putBig(Int32(0), at: 4)
    at.putBig(element, at: 8)
    guard count > 0 else { return at }
    at.putBig(Int32(count), at: 12)
    // The first subscript.
    at.putBig(Int32(1), at: 16)
    return at + 20
  }

  @inline(__always)
  private mutating func fixed<Value>(
    _ type: UInt32, _ element: UInt32, _ width: Int, _ values: [Value],
    _ write: (Value, UnsafeMutableRawPointer) -> Void
  ) {
    let size = values.count * (4 + width)
    guard var at = beginArray(type, element, values.count, size) else { return }
    for value in values {
      at.putBig(Int32(width))
      write(value, at + 4)
      at += 4 + width
    }
  }

  @inline(__always)
  private mutating func optional<Value>(
    _ type: UInt32, _ element: UInt32, _ width: Int, _ values: [Value?],
    _ write: (Value, UnsafeMutableRawPointer) -> Void
  ) {
    var size = 4 * values.count
    for value in values where value != nil { size += width }
    guard var at = beginArray(type, element, values.count, size) else { return }
    for value in values {
      guard let value else {
        at.putNull()
        continue
      }
      at.putBig(Int32(width))
      write(value, at + 4)
      at += 4 + width
    }
  }

  @inline(__always)
  private mutating func put(_ text: String, _ length: Int, _ at: UnsafeMutableRawPointer) {
    var text = text
    text.withUTF8 { putText(UnsafeRawBufferPointer($0), at) }
  }

  @inline(__always)
  private mutating func putText(_ text: UnsafeRawBufferPointer, _ at: UnsafeMutableRawPointer) {
    at.putRaw(text)
    if memchr(at, 0, text.count) != nil { problem = problem ?? .invalidText }
  }
}

extension Timestamp {
  /// Microseconds between 1970 and PostgreSQL's epoch, 2000-01-01.
  static let postgresEpoch: Int64 = 946_684_800_000_000

  /// Microseconds since PostgreSQL's epoch.
  var wire: Int64 { microseconds &- Self.postgresEpoch }
}

extension UnsafeMutableRawPointer {
  fileprivate func putUUID(_ value: UUIDv7) {
    putBig(value.high)
    putBig(value.low, at: 8)
  }

  fileprivate func putRaw(_ bytes: UnsafeRawBufferPointer) {
    if let base = bytes.baseAddress { copyMemory(from: base, byteCount: bytes.count) }
  }

  /// An element that is NULL; moves on.
  fileprivate mutating func putNull() {
    putBig(Int32(-1))
    self += 4
  }
}
