import CShims
import Glibc
import Synchronization

/// A program that this process started. It gets default signals and only the descriptors given.
public final class ChildProcess: Sendable {
  /// Where a standard stream of the child goes or comes from.
  public enum Stream: Sendable {
    case inherited
    case null
    /// Made when missing; written at its end.
    case file(String)
    case descriptor(Int32)
  }

  public struct Options: Sendable {
    /// `nil`: this process's own.
    public var environment: [String: String]?
    public var folder: String?
    public var input: Stream
    public var output: Stream
    public var error: Stream
    public var group: Group

    public init(
      environment: [String: String]? = nil, folder: String? = nil, input: Stream = .null,
      output: Stream = .inherited, error: Stream = .inherited, group: Group = .ours
    ) {
      self.environment = environment
      self.folder = folder
      self.input = input
      self.output = output
      self.error = error
      self.group = group
    }
  }

  /// Whom a signal to a process group reaches.
  public enum Group: Sendable {
    case ours
    /// One of its own, which `kill(_:group:)` can reach.
    case own
    /// A session of its own: it outlives this process and its terminal.
    case ownSession
  }

  public struct Status: Sendable, Equatable, CustomStringConvertible {
    /// The exit code; `nil` when a signal ended it.
    public var code: Int32?
    public var signal: Int32?

    public init(code: Int32? = nil, signal: Int32? = nil) {
      self.code = code
      self.signal = signal
    }

    public var isSuccess: Bool { code == 0 }
    public var description: String {
      code.map { "exit code \($0)" } ?? "signal \(signal ?? 0)"
    }
  }

  private struct State {
    var status: Status?
    var waiters: [CheckedContinuation<Status, Never>] = []
  }

  public let pid: Int32
  private let state = Mutex(State())

  private init(pid: Int32) { self.pid = pid }

  /// Starts `arguments[0]`, looked up in `PATH` unless it has a slash.
  ///
  /// - Throws: `FileError` when the program cannot be started.
  public static func start(
    _ arguments: [String], _ options: Options = Options()
  ) throws(FileError) -> ChildProcess {
    let child = ChildProcess(pid: try Spawn.start(arguments, options))
    let box = Unmanaged.passRetained(child).toOpaque()
    let failed = qs_start_thread(awaitChild, box)
    precondition(failed == 0, "no thread to wait for a child")
    return child
  }

  public var status: Status? { state.withLock { $0.status } }

  /// Waits for its end. Not interrupted by cancellation: kill it first.
  public func wait() async -> Status {
    await withCheckedContinuation { continuation in
      let ended = state.withLock { state in
        if state.status == nil { state.waiters.append(continuation) }
        return state.status
      }
      if let ended { continuation.resume(returning: ended) }
    }
  }

  /// Sends a signal (15 is SIGTERM), never to another process that got its number after it ended.
  ///
  /// - Parameter group: to all of its process group; it must have been started with its own.
  public func kill(_ signal: Int32 = 15, group: Bool = false) {
    state.withLock { state in
      if state.status == nil { _ = Glibc.kill(group ? -pid : pid, signal) }
    }
  }

  /// Runs on a thread of its own. The child is a zombie, its number still its own, until the lock
  /// is held.
  fileprivate func reap() {
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    let (status, waiters) = state.withLock { state in
      var raw: Int32 = 0
      while waitpid(pid, &raw, 0) < 0, errno == EINTR {}
      let status =
        qs_status_exited(raw) != 0
        ? Status(code: qs_status_code(raw)) : Status(signal: qs_status_signal(raw))
      let waiters = state.waiters
      state.status = status
      state.waiters = []
      return (status, waiters)
    }
    for waiter in waiters { waiter.resume(returning: status) }
  }
}

private func awaitChild(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<ChildProcess>.fromOpaque(box).takeRetainedValue().reap() }
  return nil
}
