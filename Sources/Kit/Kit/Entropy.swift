import CShims
import Glibc

public enum Entropy {
  /// Bytes from the kernel's generator, `getrandom(2)`. A short request never blocks once the
  /// machine has started.
  public static func bytes(_ count: Int) -> [UInt8] {
    precondition(count >= 0, "a negative number of bytes")
    return [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      while filled < count {
        let got = qs_getrandom(out.baseAddress?.advanced(by: filled), count - filled)
        if got > 0 {
          filled += got
        } else {
          // It fails only when interrupted; without randomness nothing here may go on.
          precondition(errno == EINTR, "the kernel gives no randomness")
        }
      }
    }
  }
}
