internal import CMicroHTTPD
internal import CShims
import Glibc
import HTTP
import Synchronization

/// A body whose pieces come from an `AsyncStream`. libmicrohttpd asks for bytes; when there are
/// none its connection is suspended until the next piece. At most `ahead` bytes wait here.
final class StreamBody: @unchecked Sendable {
  static let ahead = 256 * 1_024

  private enum End { case none, done, failed }

  private struct State {
    var bytes: [UInt8] = []
    var sent = 0
    var end = End.none
    var isSuspended = false
    var pump: Task<Void, Never>?
    /// The pump, while there is too much to send already.
    var room: CheckedContinuation<Void, Never>?
  }

  private let pieces: AsyncStream<[UInt8]>
  private let owner: ServerConnection
  /// Used only while suspended, which the state tells: then libmicrohttpd keeps it.
  private let connection: OpaquePointer
  private let state = Mutex(State())

  init(_ pieces: AsyncStream<[UInt8]>, connection: OpaquePointer, owner: ServerConnection) {
    self.pieces = pieces
    self.owner = owner
    self.connection = connection
  }

  var isSuspended: Bool { state.withLock { $0.isSuspended } }

  /// libmicrohttpd's question: how many bytes were copied, 0 for suspended, or its two ends.
  func read(into buffer: UnsafeMutablePointer<CChar>, _ size: Int) -> Int {
    var room: CheckedContinuation<Void, Never>?
    defer { room?.resume() }
    return state.withLock { state in
      if state.pump == nil { state.pump = Task { await self.collect() } }
      let count = min(size, state.bytes.count - state.sent)
      guard count > 0 else {
        switch state.end {
        case .done: return qs_mhd_end_of_stream()
        case .failed:
          owner.hangUp()
          return qs_mhd_end_with_error()
        case .none:
          state.isSuspended = true
          MHD_suspend_connection(connection)
          return 0
        }
      }
      state.bytes.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { memcpy(buffer, base + state.sent, count) }
      }
      state.sent += count
      if state.sent == state.bytes.count {
        state.bytes.removeAll(keepingCapacity: true)
        state.sent = 0
      }
      if state.bytes.count - state.sent < Self.ahead { swap(&room, &state.room) }
      return count
    }
  }

  /// Ends the answer in the middle: the client is gone or the server stops.
  func fail() { end(.failed) }

  private func collect() async {
    for await piece in pieces where !piece.isEmpty {
      resume { $0.bytes += piece }
      await waitForRoom()
    }
    end(.done)
  }

  private func end(_ end: End) {
    resume { if $0.end == .none { $0.end = end } }
    let (pump, room) = state.withLock { state in
      defer { state.room = nil }
      return (state.pump, state.room)
    }
    if end == .failed { pump?.cancel() }
    room?.resume()
  }

  /// Changes the state, and lets libmicrohttpd ask again if it waits.
  private func resume(_ change: (inout State) -> Void) {
    let wasSuspended = state.withLock { state in
      change(&state)
      defer { state.isSuspended = false }
      return state.isSuspended
    }
    guard wasSuspended else { return }
    MHD_resume_connection(connection)
    owner.bell.ring()
  }

  private func waitForRoom() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.bytes.count - state.sent < Self.ahead || state.end != .none { return true }
        state.room = continuation
        return false
      }
      if isFree { continuation.resume() }
    }
  }
}
