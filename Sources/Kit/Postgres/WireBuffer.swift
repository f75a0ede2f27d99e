import Glibc

/// A growing run of bytes that values are written into through a pointer; copied only when shared.
///
/// `@unchecked Sendable`: the storage is owned by the value; it is written only while uniquely
/// referenced, and read-only once shared.
struct WireBuffer: @unchecked Sendable {
  private final class Storage {
    let base: UnsafeMutableRawPointer
    let capacity: Int

    init(capacity: Int) {
      self.capacity = capacity
      base = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit { base.deallocate() }
  }

  private var storage = Storage(capacity: 1_024)
  private(set) var count = 0

  /// Adds `size` bytes and says where they are. The caller fills all of them before it touches the
  /// buffer again; the pointer is good until then.
  mutating func extend(by size: Int) -> UnsafeMutableRawPointer {
    let needed = count + size
    if needed > storage.capacity || !isKnownUniquelyReferenced(&storage) {
      let larger = Storage(capacity: max(needed, storage.capacity * 2))
      larger.base.copyMemory(from: storage.base, byteCount: count)
      storage = larger
    }
    defer { count = needed }
    return storage.base + count
  }

  func withBytes<Value>(_ body: (UnsafeRawPointer) -> Value) -> Value {
    withExtendedLifetime(storage) { body(UnsafeRawPointer(storage.base)) }
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always)
  func putBig<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int = 0) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
  }
}
