import Kit
import Ledger
import People
import Sandbox
import Synchronization
import Web

/// What the buttons of the demo's own room do to its outside world.
struct DemoButtons: Sendable {
  private let sandbox: Sandbox
  private let pressed = Counter()

  init(sandbox: Sandbox) { self.sandbox = sandbox }

  var acts: DemoActs {
    DemoActs(
      sendOrder: { sendOrder() }, breakSomething: { breakSomething() },
      writeMessage: { writeMessage() })
  }

  /// About the order that was placed last, where there is one.
  private func writeMessage() -> String {
    let number = pressed.next()
    let order = sandbox.tally().orders.keys.max()
    guard DemoCustomers(sandbox: sandbox).writeOne(about: order, number: number) != nil else {
      return "Nobody wrote."
    }
    return "A customer wrote about \(order ?? "no order"); look into the inbox in a moment."
  }

  /// Mostly ordinary; every fourth is one of those that need somebody.
  private func sendOrder() -> String {
    let number = pressed.next()
    let kinds = number % 4 == 3 ? OrderKind.special : OrderKind.normal
    let kind = kinds[number % kinds.count]
    let id = sandbox.addOrders(count: 1, kinds: [kind]).first?.id ?? "?"
    return "Order \(id) was placed at the marketplace (\(kind.rawValue.replacing("_", with: " ")))."
  }

  /// One fault, and an order that runs into it.
  private func breakSomething() -> String {
    let faults: [(words: String, rule: FaultRule)] = [
      (
        "the carrier's answer to the next purchase gets lost, though the label is bought",
        FaultRule(call: "create_shipment", fault: .answerLost, times: 1)
      ),
      (
        "the marketplace answers the next acceptance with a page of HTML, though it took it",
        FaultRule(call: "accept", fault: .html502, times: 1, when: .after)
      ),
      (
        "the marketplace is overrun and says: wait",
        FaultRule(call: "tracking", fault: .throttled, times: 2, retryAfter: 2)
      ),
      (
        "the label's file is not ready for a while",
        FaultRule(call: "artifact", fault: .notReady, times: 3)
      ),
    ]
    let fault = faults[pressed.next() % faults.count]
    sandbox.setDials([fault.rule])
    let id = sandbox.addOrders(count: 1, kinds: [.single]).first?.id ?? "?"
    return "Broken: \(fault.words). Order \(id) runs into it; look at its story."
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock { count in
        defer { count += 1 }
        return count
      }
    }
  }
}
