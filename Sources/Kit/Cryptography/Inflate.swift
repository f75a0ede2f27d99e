import CZlib

/// Unpacks what zlib packed, up to a limit: a small hostile input cannot fill the memory.
public enum Inflate {
  public enum Format: Sendable {
    /// RFC 1950, as in PDF streams.
    case zlib
    /// RFC 1952.
    case gzip
    /// RFC 1951, no header and no checksum.
    case raw

    fileprivate var windowBits: Int32 {
      switch self {
      case .zlib: 15
      case .gzip: 15 + 16
      case .raw: -15
      }
    }
  }

  /// Bytes after the end of the packed stream are ignored.
  ///
  /// - Throws: `.tooLong` above `limit` bytes, `.malformed` when broken or cut off.
  public static func bytes(
    _ packed: some Collection<UInt8>, _ format: Format = .zlib, limit: Int
  ) throws(CryptographyError) -> [UInt8] {
    let packed = Array(packed)
    guard packed.count <= Int(UInt32.max) else {
      throw CryptographyError(code: .tooLong, detail: "\(packed.count) packed bytes")
    }
    let stream = try InflateHandle.open(format.windowBits)
    return try stream.inflate(packed, limit: limit)
  }
}

/// Owner of one `z_stream`, which must not move while zlib knows its address.
private struct InflateHandle: ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>

  private init(taking stream: UnsafeMutablePointer<z_stream>) { self.stream = stream }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  static func open(_ windowBits: Int32) throws(CryptographyError) -> InflateHandle {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let handle = InflateHandle(taking: stream)
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, windowBits, ZLIB_VERSION, size) == Z_OK else {
      throw CryptographyError(code: .library, detail: "zlib does not start")
    }
    return handle
  }

  func inflate(_ packed: [UInt8], limit: Int) throws(CryptographyError) -> [UInt8] {
    var packed = packed
    var out: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(65_536, limit + 1))
    let problem: CryptographyError? = packed.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      while true {
        let room = chunk.count
        let status = chunk.withUnsafeMutableBufferPointer { chunk in
          stream.pointee.next_out = chunk.baseAddress
          stream.pointee.avail_out = UInt32(chunk.count)
          return CZlib.inflate(stream, Z_NO_FLUSH)
        }
        let made = room - Int(stream.pointee.avail_out)
        guard out.count + made <= limit else {
          return CryptographyError(code: .tooLong, detail: "more than \(limit) bytes")
        }
        out += chunk[..<made]
        if status == Z_STREAM_END { return nil }
        guard status == Z_OK, made > 0 || stream.pointee.avail_in > 0 else {
          let words = stream.pointee.msg.map { String(cString: $0) } ?? "cut off"
          return CryptographyError(code: .malformed, detail: words)
        }
      }
    }
    if let problem { throw problem }
    return out
  }
}
