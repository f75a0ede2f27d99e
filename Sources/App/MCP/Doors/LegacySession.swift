import Kit
import Synchronization

/// What `initialize` began: a revision, what the client can show, and the questions that are on their
/// way to its user. Lives in this process.
final class LegacySession: Sendable {
  /// Dialogs that one client may have open at once.
  static let dialogsMax = 8

  let id: String
  let revision: Revision
  let abilities: ClientAbilities
  /// The key that began it; no other may go on with it. Empty where there is one client only.
  let keyID: String

  /// What an open dialog came to: the client's result, or `nil` when there is none to be had.
  typealias Reply = JSONValue?

  private struct Dialog {
    var call: RPCID
    var reply: CheckedContinuation<Reply, Never>?
    /// Came before anybody waited.
    var early: Reply?
    var isOver = false
  }

  private struct State {
    var dialogs: [RPCID: Dialog] = [:]
    /// Calls under way, and whether the client gave them up.
    var calls: [RPCID: Bool] = [:]
    var made = 0
    var lastUsed = ContinuousClock.now
    var isEnded = false
  }

  private let state = Mutex(State())

  init(id: String, revision: Revision, abilities: ClientAbilities, keyID: String) {
    self.id = id
    self.revision = revision
    self.abilities = abilities
    self.keyID = keyID
  }

  var lastUsed: ContinuousClock.Instant { state.withLock { $0.lastUsed } }
  func touch() { state.withLock { $0.lastUsed = .now } }

  /// Dialogs that wait for an answer.
  var openDialogs: Int { state.withLock { $0.dialogs.count } }

  /// - Parameter call: the client's request that the dialog belongs to.
  /// - Returns: the id of our request; `nil` when too many are open, or the session has ended.
  func openDialog(for call: RPCID) -> RPCID? {
    state.withLock { state in
      guard state.dialogs.count < Self.dialogsMax, !state.isEnded, state.calls[call] != true else {
        return nil
      }
      state.made += 1
      let id = RPCID.text("ask-\(state.made)")
      state.dialogs[id] = Dialog(call: call)
      return id
    }
  }

  /// Waits for the client's answer, at most so long; also ends with the task.
  func reply(to dialog: RPCID, within limit: Duration) async -> Reply {
    let clock = Task {
      try await Task.sleep(for: limit)
      self.settle(dialog, nil)
    }
    defer { clock.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let known = state.withLock { state -> Reply? in
          guard let open = state.dialogs[dialog] else { return .some(nil) }
          guard !open.isOver else {
            state.dialogs[dialog] = nil
            return .some(open.early ?? nil)
          }
          state.dialogs[dialog]?.reply = continuation
          return nil
        }
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      settle(dialog, nil)
    }
  }

  /// - Returns: whether somebody asked that.
  @discardableResult
  func settle(_ dialog: RPCID, _ reply: Reply) -> Bool {
    let waiting = state.withLock { state -> (known: Bool, CheckedContinuation<Reply, Never>?) in
      guard let open = state.dialogs[dialog], !open.isOver else { return (false, nil) }
      guard let continuation = open.reply else {
        state.dialogs[dialog]?.isOver = true
        state.dialogs[dialog]?.early = .some(reply)
        return (true, nil)
      }
      state.dialogs[dialog] = nil
      return (true, continuation)
    }
    waiting.1?.resume(returning: reply)
    return waiting.known
  }

  /// From here until `finish` the client can give this call up.
  func begin(_ call: RPCID) { state.withLock { $0.calls[call] = false } }
  func finish(_ call: RPCID) { state.withLock { $0.calls[call] = nil } }

  /// The client gives a request up: its dialogs are over, and none begins.
  func cancel(_ call: RPCID) {
    let mine = state.withLock { state in
      if state.calls[call] != nil { state.calls[call] = true }
      return state.dialogs.filter { $0.value.call == call }.map(\.key)
    }
    for dialog in mine { settle(dialog, nil) }
  }

  /// Ends every dialog; no new one begins.
  func end() {
    let all = state.withLock { state in
      state.isEnded = true
      return Array(state.dialogs.keys)
    }
    for dialog in all { settle(dialog, nil) }
  }
}
