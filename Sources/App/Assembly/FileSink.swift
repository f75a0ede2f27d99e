import Kit

/// A log kept in a file, for a process whose terminal shows something else.
final class FileSink: Sendable {
  private let file: LockedFile?

  init(_ path: String) { file = (try? LockedFile.open(path)) ?? nil }

  func write(_ line: String) { _ = file?.append(line) }
}
