internal import CShims
import Glibc

/// A body that ends before its announced length.
final class TruncatedBody: Sendable {
  private let bytes: [UInt8]
  private let owner: ServerConnection

  init(_ bytes: [UInt8], owner: ServerConnection) {
    self.bytes = bytes
    self.owner = owner
  }

  func read(at position: Int, into buffer: UnsafeMutablePointer<CChar>, _ size: Int) -> Int {
    let count = min(size, bytes.count - position)
    guard count > 0 else {
      owner.hangUp()
      return qs_mhd_end_with_error()
    }
    bytes.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { memcpy(buffer, base + position, count) }
    }
    return count
  }
}
