import CShims
import Glibc

/// Feeds and reads a child over pipes until it ends. Lives on one thread; closes what it opened.
struct Conversation: ~Copyable {
  private let child: ChildProcess
  private let exit: Int32
  private var streams: [Int32]
  private let arguments: [String]
  private let limit: Int
  private let input: [UInt8]

  private static let chunkBytes = 65_536

  private init(
    child: ChildProcess, exit: Int32, streams: [Int32], arguments: [String], input: [UInt8],
    limit: Int
  ) {
    self.child = child
    self.exit = exit
    self.streams = streams
    self.arguments = arguments
    self.input = input
    self.limit = limit
  }

  deinit { for descriptor in streams + [exit] where descriptor >= 0 { close(descriptor) } }

  static func start(
    _ arguments: [String], input: [UInt8], environment: [String: String]?, folder: String?,
    limit: Int
  ) throws(ProcessError) -> Conversation {
    // Standard input, output and error: [child's end, ours].
    var pipes: [[Int32]] = []
    func closeAll(_ ends: [Int32]) { for descriptor in ends { close(descriptor) } }
    for number in 0..<3 {
      var ends: [Int32] = [-1, -1]
      guard qs_pipe(&ends) == 0 else {
        let reason = strerrorText(errno)
        closeAll(pipes.flatMap(\.self))
        throw ProcessError(.cannotStart, arguments, reason)
      }
      pipes.append(number == 0 ? ends : ends.reversed())
    }
    let ours = pipes.map { $0[1] }
    for descriptor in ours { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    defer { closeAll(pipes.map { $0[0] }) }
    do {
      let child = try ChildProcess.start(
        arguments,
        ChildProcess.Options(
          environment: environment, folder: folder, input: .descriptor(pipes[0][0]),
          output: .descriptor(pipes[1][0]), error: .descriptor(pipes[2][0]), group: .own))
      return Conversation(
        child: child, exit: qs_pidfd_open(child.pid), streams: ours, arguments: arguments,
        input: input, limit: limit)
    } catch {
      closeAll(ours)
      throw ProcessError(.cannotStart, arguments, error.reason)
    }
  }

  consuming func hold(
    until end: ContinuousClock.Instant, bell: Int32
  ) throws(ProcessError) -> (ChildProcess, [UInt8], [UInt8]) {
    // A child that stopped reading is an error of `write`, not the end of this process. The thread
    // ends with the conversation.
    qs_block_signal_in_thread(SIGPIPE)
    var heard: [[UInt8]] = [[], [], []]
    var written = 0
    var hasEnded = false
    var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
    while true {
      if streams[0] >= 0, written == input.count || hasEnded { finish(0) }
      if hasEnded, streams[1] < 0, streams[2] < 0 { break }
      let left = (end - .now).milliseconds
      if left <= 0 {
        child.kill(SIGKILL, group: true)
        throw ProcessError(.timedOut, arguments, "it took too long")
      }
      // After its end only what is in the pipes already counts. Without a pidfd, look often.
      let patience = hasEnded ? 0 : Int32(min(left + 1, exit < 0 ? 20 : 60_000))
      var waits = [
        pollfd(fd: streams[0], events: Int16(POLLOUT), revents: 0),
        pollfd(fd: streams[1], events: Int16(POLLIN), revents: 0),
        pollfd(fd: streams[2], events: Int16(POLLIN), revents: 0),
        pollfd(fd: hasEnded ? -1 : exit, events: Int16(POLLIN), revents: 0),
        pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&waits, nfds_t(waits.count), patience)
      if waits[4].revents != 0 {
        child.kill(SIGKILL, group: true)
        throw ProcessError(.cancelled, arguments, "cancelled")
      }
      if hasEnded, ready <= 0 { break }
      if waits[0].revents != 0 { written = feed(written) }
      for number in [1, 2] where waits[number].revents != 0 {
        hear(number, &heard[number], &chunk)
      }
      if waits[3].revents != 0 || child.status != nil { hasEnded = true }
    }
    return (child, heard[1], heard[2])
  }

  private mutating func finish(_ number: Int) {
    close(streams[number])
    streams[number] = -1
  }

  private mutating func feed(_ from: Int) -> Int {
    let count = input.withUnsafeBytes { bytes in
      write(streams[0], bytes.baseAddress?.advanced(by: from), bytes.count - from)
    }
    if count >= 0 { return from + count }
    // It stopped reading: what is left has nobody to go to.
    return errno == EAGAIN || errno == EINTR ? from : input.count
  }

  private mutating func hear(_ number: Int, _ heard: inout [UInt8], _ chunk: inout [UInt8]) {
    let count = read(streams[number], &chunk, chunk.count)
    if count > 0 {
      heard += chunk[..<min(count, limit - heard.count)]
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      finish(number)
    }
  }
}
