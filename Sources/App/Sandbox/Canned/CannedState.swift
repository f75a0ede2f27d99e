/// What the canned upstream remembers: how far each order has come and how often each call was made.
struct CannedState: Sendable {
  struct Order: Sendable {
    var stage: UInt8 = 0
    var accepts: UInt8 = 0
    var labels: UInt8 = 0
    var ships: UInt8 = 0
  }

  /// What a call does to an order.
  enum Act: Sendable { case accept, track, ship, buyLabel }

  /// By number; those before `first` belong to earlier runs and are not there any more.
  private(set) var orders: [Order] = []
  private(set) var first = 0
  /// Every order is listed once: the next walk over the orders begins here.
  private(set) var listed = 0
  private(set) var accepts: Int64 = 0
  private(set) var labels: Int64 = 0
  private(set) var ships: Int64 = 0
  /// The call whose answers are held back, while one is.
  var held: CannedCall?

  init() {}

  init(first: Int, count: Int) {
    orders = Array(repeating: Order(), count: first + count)
    self.first = first
    listed = first
  }

  var count: Int { orders.count - first }

  func stage(of number: Int) -> Int? {
    isKnown(number) ? Int(orders[number].stage) : nil
  }

  private func isKnown(_ number: Int) -> Bool { number >= first && number < orders.count }

  /// - Returns: whether there is such an order.
  mutating func note(_ act: Act, _ number: Int) -> Bool {
    guard isKnown(number) else { return false }
    switch act {
    case .accept:
      orders[number].accepts &+= 1
      orders[number].stage = 1
      accepts += 1
    case .track: orders[number].stage = max(2, orders[number].stage)
    case .ship:
      orders[number].ships &+= 1
      orders[number].stage = 3
      ships += 1
    case .buyLabel:
      orders[number].labels &+= 1
      labels += 1
    }
    return true
  }

  /// A page of a walk. A walk that begins (offset 0) goes on where the last one ended.
  mutating func page(offset: Int, size: Int) -> Range<Int> {
    let start = min(max(offset, first), orders.count)
    let from = offset == 0 ? listed : start
    let end = min(orders.count, from + size)
    listed = max(listed, end)
    return from..<end
  }

  /// Numbers of orders to which something was done twice.
  var wrong: [Int] {
    orders.indices.filter { number in
      let order = orders[number]
      return order.accepts > 1 || order.labels > 1 || order.ships > 1
    }
  }
}

/// A call whose answers can be held back.
enum CannedCall: String, Sendable, CaseIterable {
  case accept, tracking, ship, shipment, label, orders
}
