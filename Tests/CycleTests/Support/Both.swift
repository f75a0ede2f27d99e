/// Whether both hold; the second is asked only when the first does.
func both(
  _ one: Bool, and other: () async throws -> Bool
) async rethrows -> Bool {
  guard one else { return false }
  return try await other()
}
