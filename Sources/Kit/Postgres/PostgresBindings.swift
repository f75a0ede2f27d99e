public import Kit

/// The values of a statement's parameters, in binary with stated types, in one buffer.
public struct PostgresBindings: Sendable {
  enum OID {
    static let bool: UInt32 = 16, bytea: UInt32 = 17, int8: UInt32 = 20, int4: UInt32 = 23
    static let text: UInt32 = 25, float8: UInt32 = 701, timestamptz: UInt32 = 1184
    static let uuid: UInt32 = 2950
    static let boolArray: UInt32 = 1000, byteaArray: UInt32 = 1001, int4Array: UInt32 = 1007
    static let textArray: UInt32 = 1009, int8Array: UInt32 = 1016
    static let timestamptzArray: UInt32 = 1185, uuidArray: UInt32 = 2951
  }

  var types: [UInt32] = []
  /// Where each value lies in `bytes`; a negative length is NULL.
  var places: [(offset: Int, length: Int)] = []
  var bytes: [UInt8] = []
  /// A text held U+0000.
  var hasInvalidText = false

  init() {}

  // MARK: Single values

  public mutating func append(_ value: String?) {
    add(OID.text, value) { b, text in b.put(text) }
  }
  public mutating func append(_ value: Int64?) { add(OID.int8, value) { $0.put($1) } }
  public mutating func append(_ value: Int?) { append(value.map(Int64.init)) }
  public mutating func append(_ value: Int32?) { add(OID.int4, value) { $0.put($1) } }
  public mutating func append(_ value: Bool?) { add(OID.bool, value) { $0.bytes.append($1 ? 1 : 0) } }
  public mutating func append(_ value: Double?) {
    add(OID.float8, value) { $0.put(Int64(bitPattern: $1.bitPattern)) }
  }
  public mutating func append(_ value: Timestamp?) { add(OID.timestamptz, value) { $0.put($1) } }
  public mutating func append(_ value: UUIDv7?) { add(OID.uuid, value) { $0.put($1) } }
  public mutating func append(_ value: [UInt8]?) { add(OID.bytea, value) { $0.bytes += $1 } }
  /// Text straight from bytes; the caller knows that they are UTF-8.
  public mutating func appendUTF8(_ value: ArraySlice<UInt8>?) { add(OID.text, value) { $0.put(utf8: $1) } }

  // MARK: Arrays

  public mutating func append(_ values: [String]) { array(OID.textArray, OID.text, values) { $0.put($1) } }
  public mutating func append(_ values: [String?]) { optionals(OID.textArray, OID.text, values) { $0.put($1) } }
  public mutating func append(_ values: [Int64]) { array(OID.int8Array, OID.int8, values) { $0.put($1) } }
  public mutating func append(_ values: [Int64?]) { optionals(OID.int8Array, OID.int8, values) { $0.put($1) } }
  public mutating func append(_ values: [Int32?]) { optionals(OID.int4Array, OID.int4, values) { $0.put($1) } }
  public mutating func append(_ values: [Bool]) {
    array(OID.boolArray, OID.bool, values) { $0.bytes.append($1 ? 1 : 0) }
  }
  public mutating func append(_ values: [Timestamp]) {
    array(OID.timestamptzArray, OID.timestamptz, values) { $0.put($1) }
  }
  public mutating func append(_ values: [Timestamp?]) {
    optionals(OID.timestamptzArray, OID.timestamptz, values) { $0.put($1) }
  }
  public mutating func append(_ values: [UUIDv7]) { array(OID.uuidArray, OID.uuid, values) { $0.put($1) } }
  public mutating func append(_ values: [UUIDv7?]) { optionals(OID.uuidArray, OID.uuid, values) { $0.put($1) } }
  public mutating func append(_ values: [[UInt8]?]) {
    optionals(OID.byteaArray, OID.bytea, values) { $0.bytes += $1 }
  }
  /// `text[]` straight from bytes; the caller knows that they are UTF-8.
  public mutating func appendUTF8Array(_ values: [ArraySlice<UInt8>?]) {
    optionals(OID.textArray, OID.text, values) { $0.put(utf8: $1) }
  }

  // MARK: Writing

  private mutating func add<Value>(
    _ type: UInt32, _ value: Value?, _ write: (inout PostgresBindings, Value) -> Void
  ) {
    types.append(type)
    guard let value else {
      places.append((bytes.count, -1))
      return
    }
    let start = bytes.count
    write(&self, value)
    places.append((start, bytes.count - start))
  }

  private mutating func array<Value>(
    _ type: UInt32, _ element: UInt32, _ values: [Value],
    _ write: (inout PostgresBindings, Value) -> Void
  ) {
    types.append(type)
    let start = bytes.count
    header(element, values.count, hasNulls: false)
    for value in values { sized { write(&$0, value) } }
    places.append((start, bytes.count - start))
  }

  private mutating func optionals<Value>(
    _ type: UInt32, _ element: UInt32, _ values: [Value?],
    _ write: (inout PostgresBindings, Value) -> Void
  ) {
    types.append(type)
    let start = bytes.count
    header(element, values.count, hasNulls: true)
    for value in values {
      if let value { sized { write(&$0, value) } } else { put(Int32(-1)) }
    }
    places.append((start, bytes.count - start))
  }

  /// The head of a one-dimensional array: dimensions, flags, type, length, lower bound.
  private mutating func header(_ element: UInt32, _ count: Int, hasNulls: Bool) {
    put(Int32(count == 0 ? 0 : 1))
    put(Int32(hasNulls ? 1 : 0))
    put(Int32(bitPattern: element))
    if count > 0 {
      put(Int32(count))
      put(Int32(1))
    }
  }

  private mutating func sized(_ write: (inout PostgresBindings) -> Void) {
    let at = bytes.count
    put(Int32(0))
    write(&self)
    let length = UInt32(bytes.count - at - 4)
    bytes[at] = UInt8(truncatingIfNeeded: length >> 24)
    bytes[at + 1] = UInt8(truncatingIfNeeded: length >> 16)
    bytes[at + 2] = UInt8(truncatingIfNeeded: length >> 8)
    bytes[at + 3] = UInt8(truncatingIfNeeded: length)
  }

  private mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { buffer in
      if buffer.contains(0) { hasInvalidText = true }
      bytes.append(contentsOf: buffer)
    }
  }

  private mutating func put(utf8 slice: ArraySlice<UInt8>) {
    if slice.contains(0) { hasInvalidText = true }
    bytes.append(contentsOf: slice)
  }

  private mutating func put(_ value: Int32) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func put(_ value: Int64) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func put(_ value: UUIDv7) {
    put(Int64(bitPattern: value.high))
    put(Int64(bitPattern: value.low))
  }

  /// Microseconds between PostgreSQL's epoch (2000-01-01) and ours.
  static let epochMicroseconds: Int64 = 946_684_800_000_000

  private mutating func put(_ value: Timestamp) { put(value.microseconds - Self.epochMicroseconds) }
}
