import Kit
import Synchronization

/// A signal that something may have become due. Ringing an unattended bell is remembered once.
public final class Bell: Sendable {
  private struct State {
    var isRung = false
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var next = 0
  }
  private let state = Mutex(State())

  public init() {}

  public func ring() {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      let all = Array(state.waiting.values)
      state.waiting = [:]
      state.isRung = all.isEmpty
      return all
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Until the bell rings, the time is up or the task is cancelled.
  public func wait(for duration: Duration) async {
    let ticket = state.withLock { state -> Int? in
      if state.isRung {
        state.isRung = false
        return nil
      }
      state.next += 1
      return state.next
    }
    guard let ticket, duration > .zero else { return }
    let timer = Task {
      try? await Task.sleep(for: duration)
      self.release(ticket)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let goesOn = state.withLock { state -> Bool in
          if state.isRung || Task.isCancelled {
            state.isRung = false
            return true
          }
          state.waiting[ticket] = continuation
          return false
        }
        if goesOn { continuation.resume() }
      }
    } onCancel: {
      self.release(ticket)
    }
    timer.cancel()
  }

  private func release(_ ticket: Int) {
    state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
  }
}
