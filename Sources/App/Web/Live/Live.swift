import HTTP
import Kit
import Ledger
import People
import Postgres
import Synchronization

/// `/events`: tells open pages that something they show has changed, as server-sent events. The page
/// then asks for itself again and swaps the regions that are marked (`.refreshes(on:)`).
///
/// A topic is a word (`orders`, `inbox`) with a cheap version in the database (`LiveTopic`). One loop
/// asks for the versions once a second, and only while somebody listens, for all of them together.
final class Live: Sendable {
  static let clientsMax = 500
  static let topicsMax = 4
  static let every = Duration.seconds(1)
  /// So often a line is sent that says nothing: the connection is seen to live, and the session.
  static let beatsEvery = 15

  private struct Listener {
    var topics: Set<LiveTopic>
    var continuation: AsyncStream<[UInt8]>.Continuation
  }

  private struct State {
    var listeners: [Int: Listener] = [:]
    var next = 0
    var isAsking = false
  }

  private let ledger: Ledger
  private let state = Mutex(State())

  init(ledger: Ledger) { self.ledger = ledger }

  var route: PageRoute {
    .get("/events", .readOrders) { [self] visit in try listen(visit) }
  }

  private func listen(_ visit: Visit) throws(PageProblem) -> HTTPResponse {
    let names = (visit.request.query("topics") ?? "").split(separator: " ").map(String.init)
    let topics = Set(names.compactMap(LiveTopic.init(rawValue:)))
    guard !topics.isEmpty, names.count <= Self.topicsMax, topics.count == names.count else {
      throw .unclear("Ask for 1 to \(Self.topicsMax) topics that there are.")
    }
    let (stream, continuation) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingNewest(8))
    let number = state.withLock { state -> Int? in
      guard state.listeners.count < Self.clientsMax else { return nil }
      state.next += 1
      state.listeners[state.next] = Listener(topics: topics, continuation: continuation)
      return state.next
    }
    guard let number else {
      throw PageProblem(
        status: 429, headline: "Too many pages are open", words: "Reload when you need news.")
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
    }
    continuation.yield(Array("retry: 3000\n\n".utf8))
    let begins = state.withLock { state in
      defer { state.isAsking = true }
      return !state.isAsking
    }
    if begins { Task { await ask() } }
    return .events(stream)
  }

  /// Until nobody listens.
  private func ask() async {
    var known: [LiveTopic: String] = [:]
    var beats = 0
    while true {
      let topics = state.withLock { state -> Set<LiveTopic>? in
        guard !state.listeners.isEmpty else {
          state.isAsking = false
          return nil
        }
        return state.listeners.values.reduce(into: []) { $0.formUnion($1.topics) }
      }
      guard let topics else { return }
      let versions = (try? await ledger.liveVersions()) ?? [:]
      var changed: Set<LiveTopic> = []
      for topic in topics {
        guard let version = versions[topic] else { continue }
        if let before = known[topic], before != version { changed.insert(topic) }
      }
      known.merge(versions) { $1 }
      beats += 1
      tell(changed, beats: beats % Self.beatsEvery == 0)
      try? await Task.sleep(for: Self.every)
    }
  }

  private func tell(_ changed: Set<LiveTopic>, beats: Bool) {
    let listeners = state.withLock { Array($0.listeners.values) }
    for listener in listeners {
      let news = listener.topics.intersection(changed)
      if !news.isEmpty {
        let names = news.map(\.rawValue).sorted().joined(separator: " ")
        listener.continuation.yield(Array("event: changed\ndata: \(names)\n\n".utf8))
      } else if beats {
        listener.continuation.yield(Array(": still here\n\n".utf8))
      }
    }
  }
}
