import Glibc
import Testing

/// Removes a file, which must be there.
func unlinkFile(_ path: String) throws {
  try #require(unlink(path) == 0)
}
