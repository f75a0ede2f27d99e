import Glibc
import Synchronization

/// Structured log: one line an event on standard error, JSON for machines or text for people.
///
/// Fields are in the order ts, level, message, correlation_id, then those given. Secrets that were
/// registered with `Redaction` never appear.
public struct Log: Sendable {
  public enum Level: Int, Sendable, Comparable, CaseIterable {
    case debug, info, warning, error

    public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    public init?(name: String) {
      guard let level = Level.allCases.first(where: { $0.name == name }) else { return nil }
      self = level
    }

    public var name: String {
      switch self {
      case .debug: "debug"
      case .info: "info"
      case .warning: "warning"
      case .error: "error"
      }
    }
  }

  public enum Format: Sendable { case json, text }

  /// What the present work is about; every line and every outside call carries it.
  @TaskLocal public static var correlationID: String?

  public var level: Level
  public var format: Format
  private var fields: [(String, String)] = []
  private let sink: @Sendable (String) -> Void

  public init(
    level: Level = .info, format: Format = .json,
    sink: @escaping @Sendable (String) -> Void = Log.standardError
  ) {
    self.level = level
    self.format = format
    self.sink = sink
  }

  public func with(_ fields: KeyValuePairs<String, String>) -> Log {
    var copy = self
    copy.fields += fields.map { ($0.key, Log.clean($0.value)) }
    return copy
  }

  public func debug(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    write(.debug, message, fields)
  }
  public func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    write(.info, message, fields)
  }
  public func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    write(.warning, message, fields)
  }
  public func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    write(.error, message, fields)
  }

  /// Longer ones are cut: a line never fills the pipe behind standard error by itself.
  private static let valueBytesMax = 8_192

  /// Redacts before JSON's escapes could hide a secret.
  private static func clean(_ text: String) -> String {
    let text = Redaction.text(text)
    guard text.utf8.count > valueBytesMax else { return text }
    return String(decoding: text.utf8.prefix(valueBytesMax), as: UTF8.self) + "…"
  }

  private func write(_ level: Level, _ message: String, _ more: KeyValuePairs<String, String>) {
    guard level >= self.level else { return }
    let message = Log.clean(message)
    let all = fields + more.map { ($0.key, Log.clean($0.value)) }
    let now = Timestamp.now().iso8601
    let line: String
    switch format {
    case .json:
      var members: [(String, JSON)] = [
        ("ts", .string(now)), ("level", .string(level.name)), ("message", .string(message)),
      ]
      if let id = Log.correlationID { members.append(("correlation_id", .string(id))) }
      members += all.map { ($0.0, .string($0.1)) }
      line = JSON.object(members).text
    case .text:
      let details = all.map { " \($0.0)=\($0.1)" }.joined()
      let text = "\(now.dropFirst(11)) \(level.name.uppercased()) \(message)\(details)"
      // One event stays one line.
      line = String(text.map { $0.isNewline ? " " : $0 })
    }
    sink(line + "\n")
  }

  /// One `write(2)` a line, so that lines of several processes do not mix. A reader that does not
  /// read is waited for this long a line, and then loses lines.
  public static let standardError: @Sendable (String) -> Void = { line in
    var line = line
    line.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        var ready = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
        guard poll(&ready, 1, patienceMilliseconds) == 1 else { return }
        let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[written...])
        let count = Glibc.write(2, rest.baseAddress, rest.count)
        guard count > 0 || errno == EINTR || errno == EAGAIN else { return }
        written += max(0, count)
      }
    }
  }

  private static let patienceMilliseconds: Int32 = 100

  /// Logs nothing: for tests.
  public static let silent = Log(level: .error, sink: { _ in })
}
