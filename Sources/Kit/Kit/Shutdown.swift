import CShims
import Glibc
import Synchronization

/// The wish that this process ends: SIGTERM and SIGINT as values.
///
/// The handler writes the signal's number into a pipe; a thread reads it and tells every stream.
/// From the first call on neither signal ends the process by itself, and SIGPIPE and SIGXFSZ, which
/// would kill it for a closed socket or a full quota, are ignored: the calls' errors say it.
public enum Shutdown {
  private static let listeners = Mutex<[Int: AsyncStream<Int32>.Continuation]>([:])
  private static let count = Atomic<Int>(0)

  /// Each signal that arrives from now on; ends when the consumer stops.
  public static func signals() -> AsyncStream<Int32> {
    _ = isInstalled
    let (stream, continuation) = AsyncStream<Int32>.makeStream(
      bufferingPolicy: .bufferingNewest(8))
    let id = count.add(1, ordering: .relaxed).newValue
    listeners.withLock { $0[id] = continuation }
    continuation.onTermination = { _ in
      _ = listeners.withLock { $0.removeValue(forKey: id) }
    }
    return stream
  }

  fileprivate static func tell(_ number: Int32) {
    // Outside the lock: a stream that ends takes the lock itself.
    for listener in listeners.withLock({ Array($0.values) }) { listener.yield(number) }
  }

  private static let isInstalled: Void = {
    var ends: [Int32] = [-1, -1]
    precondition(qs_pipe(&ends) == 0, "no pipe for signals")
    signalPipe = ends[1]
    let reader = ends[0]
    let started = qs_start_thread(
      watchSignals, UnsafeMutableRawPointer(bitPattern: Int(reader) + 1))
    precondition(started == 0, "no thread for signals")
    var action = sigaction()
    action.__sigaction_handler.sa_handler = noteSignal
    action.sa_flags = SA_RESTART
    for number in [SIGTERM, SIGINT] { sigaction(number, &action, nil) }
    for number in [SIGPIPE, SIGXFSZ] { qs_ignore_signal(number) }
  }()
}

/// Set once, before the handler that reads it is installed.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// Runs as a signal handler: nothing but `write(2)`, and errno as it was.
private func noteSignal(_ number: Int32) {
  let before = errno
  var byte = UInt8(truncatingIfNeeded: number)
  _ = write(signalPipe, &byte, 1)
  errno = before
}

/// - Parameter box: the descriptor plus one, as no pointer may be zero.
private func watchSignals(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let reader = Int32(Int(bitPattern: box) - 1)
  var byte: UInt8 = 0
  while true {
    let got = read(reader, &byte, 1)
    if got == 1 { Shutdown.tell(Int32(byte)) } else if got == 0 || errno != EINTR { return nil }
  }
}
