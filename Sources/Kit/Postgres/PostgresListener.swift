internal import CPostgres
import Glibc
import Kit

/// Hears `notify` on a connection of its own, and comes back when the server does.
public final class PostgresListener: Sendable {
  /// How often a connection that hears nothing is tried.
  static let quietMax = Duration.seconds(30)
  static let deadline = Duration.seconds(10)
  static let backoff = Backoff(first: .milliseconds(50), factor: 2, cap: .seconds(2), jitter: 0.5)
  /// The most that waits for a slow consumer; the oldest are dropped.
  static let bufferMax = 1_024

  private let configuration: PostgresConfiguration
  private let channels: [String]

  public init(_ configuration: PostgresConfiguration, channels: [String] = []) {
    self.configuration = configuration
    self.channels = channels
  }

  public convenience init(_ configuration: PostgresConfiguration, channel: String) {
    self.init(configuration, channels: [channel])
  }

  /// Listens until the stream is dropped or its task is cancelled.
  public func notifications(channels: [String]) -> AsyncStream<PostgresNotification> {
    let configuration = configuration
    return AsyncStream(bufferingPolicy: .bufferingNewest(Self.bufferMax)) { continuation in
      let listening = Task {
        await Self.listen(configuration, channels) { continuation.yield($0) }
        continuation.finish()
      }
      continuation.onTermination = { _ in listening.cancel() }
    }
  }

  /// Calls `ring` whenever something was notified or could have been, until the task is cancelled.
  public func run(_ ring: @escaping @Sendable () -> Void) async {
    await Self.listen(configuration, channels) { _ in ring() }
  }

  private static func listen(
    _ configuration: PostgresConfiguration, _ channels: [String],
    _ hear: @Sendable (PostgresNotification) -> Void
  ) async {
    let script = channels.map { "listen \"\($0.replacing("\"", with: "\"\""))\";" }.joined()
    var failures = 0
    while !Task.isCancelled {
      do throws(PostgresError) {
        let connection = try await PostgresConnection.open(configuration, deadline: deadline)
        try await connection.script(script, deadline: deadline)
        failures = 0
        hear(.reconnected)
        while !Task.isCancelled {
          let heard = try await connection.notifications(within: quietMax)
          for one in heard { hear(one) }
          if heard.isEmpty { try await connection.script("select 1", deadline: deadline) }
        }
      } catch {
        failures += 1
        let delay = backoff.delay(try: failures, random: Double.random(in: 0...1))
        try? await Task.sleep(for: delay)
      }
    }
  }
}

extension PostgresConnection {
  /// Waits for notifications; none when the time is up.
  func notifications(within duration: Duration) async throws(PostgresError)
    -> [PostgresNotification]
  {
    let ends = ContinuousClock.now + duration
    return try await cancellable { () throws(PostgresError) in
      while true {
        try checkAlive()
        var all: [PostgresNotification] = []
        while let note = PQnotifies(handle) {
          all.append(
            .notified(
              channel: String(cString: note.pointee.relname),
              payload: String(cString: note.pointee.extra)))
          PQfreemem(note)
        }
        if !all.isEmpty { return all }
        switch wait(for: POLLIN, until: ends) {
        case .ready: continue
        case .timedOut: return []
        case .cancelled: throw PostgresError(.cancelled, "cancelled while listening")
        }
      }
    }
  }
}
