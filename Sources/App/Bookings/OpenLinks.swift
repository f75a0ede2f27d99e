import Kit
import Synchronization

/// Links that agents were given to pass on, by their questions. A request that is sent again, since its
/// answer was lost or to see whether the customer has answered, is given the same link again. Nowhere but
/// here is more of it kept than its digest: where it is not known, another question is put.
final class OpenLinks: Sendable {
  /// Two generations of so many; the older one goes first.
  static let generationMax = 10_000

  private struct State {
    var young: [UUIDv7: String] = [:]
    var old: [UUIDv7: String] = [:]
  }

  private let state = Mutex(State())

  subscript(id: UUIDv7) -> String? { state.withLock { $0.young[id] ?? $0.old[id] } }

  func remember(_ link: String, of id: UUIDv7) {
    state.withLock { state in
      if state.young.count >= Self.generationMax {
        state.old = state.young
        state.young.removeAll(keepingCapacity: true)
      }
      state.young[id] = link
    }
  }
}
