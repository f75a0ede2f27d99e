import Kit

/// What is going to happen to orders by itself: the steps of debit and payment, the acceptance
/// timer, healing. One queue for each kind of step; the delay of a kind never changes, so each
/// queue is in order of time by construction and taking what is due costs nothing when nothing is.
struct Timetable: Sendable {
  enum Step: Int, Sendable, CaseIterable { case debit, payment, shipping, timer, heal }

  private struct Queue {
    var entries: [(due: Timestamp, order: Int)] = []
    var head = 0
  }

  private var queues = Array(repeating: Queue(), count: Step.allCases.count)

  mutating func add(_ step: Step, at due: Timestamp, order: Int) {
    queues[step.rawValue].entries.append((due, order))
  }

  /// The next order whose step is due, with the moment at which it was.
  mutating func next(_ step: Step, now: Timestamp) -> (due: Timestamp, order: Int)? {
    let index = step.rawValue
    let head = queues[index].head
    guard head < queues[index].entries.count, queues[index].entries[head].due <= now else {
      return nil
    }
    let entry = queues[index].entries[head]
    queues[index].head += 1
    if queues[index].head == queues[index].entries.count {
      queues[index].entries.removeAll(keepingCapacity: true)
      queues[index].head = 0
    }
    return entry
  }
}
