import Kit
import Synchronization

/// The marketplace's orders and what becomes of them. Thread-safe; nothing in it waits.
///
/// Time moves when somebody looks: every entrance first carries out the steps that are due.
final class Marketplace: Sendable {
  /// What a scan over all orders needs, kept apart from the orders so that it stays in the cache.
  struct Key {
    let created: Timestamp
    var updated: Timestamp
    var state: MarketState
    let shop: Int
  }

  struct State {
    var orders: [MarketOrder] = []
    var keys: [Key] = []
    var byID: [String: Int] = [:]
    /// Positions in order of creation date, then id; equal to 0..<count unless `isShuffled`.
    var sorted: [Int] = []
    var isShuffled = false
    var timetable = Timetable()
    var invented = 0
    var violations = Violations()
  }

  let settings: SandboxSettings
  private let state = Mutex(State())

  init(settings: SandboxSettings) {
    self.settings = settings
  }

  func reset() {
    state.withLock { $0 = State() }
  }

  /// Runs with all steps that are due done, and with the moment it is.
  func enter<R>(_ body: (inout State, Timestamp) -> R) -> R {
    let now = settings.now()
    return state.withLock { state in
      state.advance(to: now, settings)
      return body(&state, now)
    }
  }
}

extension Marketplace.State {
  mutating func insert(_ order: MarketOrder, now: Timestamp, _ settings: SandboxSettings) {
    let position = orders.count
    if let last = orders.last, (order.createdAt, order.id) < (last.createdAt, last.id) {
      isShuffled = true
    }
    orders.append(order)
    keys.append(
      Marketplace.Key(
        created: order.createdAt, updated: order.updatedAt, state: order.state, shop: order.shop))
    byID[order.id] = position
    sorted.append(position)
    if order.state == .waitingAcceptance {
      timetable.add(.timer, at: now + settings.acceptanceTimer, order: position)
    }
  }

  /// Positions by creation date.
  mutating func inOrder() -> [Int] {
    if isShuffled {
      let orders = orders
      sorted.sort {
        (orders[$0].createdAt, orders[$0].id) < (orders[$1].createdAt, orders[$1].id)
      }
      isShuffled = false
    }
    return sorted
  }

  mutating func move(_ position: Int, to state: MarketState, at time: Timestamp) {
    orders[position].state = state
    keys[position].state = state
    touch(position, at: time)
  }

  mutating func touch(_ position: Int, at time: Timestamp) {
    orders[position].updatedAt = max(orders[position].updatedAt, time)
    keys[position].updated = orders[position].updatedAt
  }

  /// Carries out every step that is due.
  mutating func advance(to now: Timestamp, _ settings: SandboxSettings) {
    while let (due, order) = timetable.next(.debit, now: now) { debit(order, due, settings) }
    while let (due, order) = timetable.next(.payment, now: now) { pay(order, due, settings) }
    while let (due, order) = timetable.next(.shipping, now: now) { release(order, due) }
    while let (due, order) = timetable.next(.timer, now: now) {
      let isUndecided = orders[order].decidedAt == nil
      if orders[order].state == .waitingAcceptance, isUndecided {
        move(order, to: .refused, at: due)
      }
    }
    while let (due, order) = timetable.next(.heal, now: now) {
      orders[order].brokenTemplate = nil
      orders[order].strangeState = nil
      touch(order, at: due)
    }
  }

  /// The accept call becomes visible.
  private mutating func debit(_ order: Int, _ due: Timestamp, _ settings: SandboxSettings) {
    guard orders[order].state == .waitingAcceptance else { return }
    if orders[order].lines.allSatisfy({ $0.accepted == false }) {
      return move(order, to: .refused, at: due)
    }
    if orders[order].skipsDebit { return release(order, due) }
    move(order, to: .waitingDebit, at: due)
    timetable.add(.payment, at: due + settings.debitDelay, order: order)
  }

  private mutating func pay(_ order: Int, _ due: Timestamp, _ settings: SandboxSettings) {
    guard orders[order].state == .waitingDebit else { return }
    if orders[order].kind == .cancelledAfterAccept {
      return move(order, to: .canceled, at: due)
    }
    move(order, to: .waitingDebitPayment, at: due)
    timetable.add(.shipping, at: due + settings.paymentDelay, order: order)
  }

  private mutating func release(_ order: Int, _ due: Timestamp) {
    switch orders[order].state {
    case .waitingDebitPayment, .waitingAcceptance: break
    default: return
    }
    if orders[order].kind == .cancelledAfterAccept {
      return move(order, to: .canceled, at: due)
    }
    orders[order].debitedAt = due
    move(order, to: .shipping, at: due)
  }
}
