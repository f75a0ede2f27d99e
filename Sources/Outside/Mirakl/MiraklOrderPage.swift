public import Kit

/// One page of OR11.
public struct MiraklOrderPage: Sendable {
  public var orders: [MiraklOrder]
  public var totalCount: Int
  /// Where the next page begins; `nil` on the last.
  public var nextOffset: Int?

  public init(orders: [MiraklOrder], totalCount: Int, nextOffset: Int?) {
    self.orders = orders
    self.totalCount = totalCount
    self.nextOffset = nextOffset
  }

  static func decode(_ body: [UInt8], offset: Int, max: Int) throws(OutsideError) -> MiraklOrderPage {
    let value: JSONValue
    do { value = try JSONValue.parse(body) } catch {
      throw MiraklErrors.unreadable(error.description)
    }
    guard let list = value["orders"], list.kind == .array else {
      throw MiraklErrors.unreadable("no list of orders")
    }
    let orders = list.elements.map(MiraklOrder.init)
    let total = value["total_count"]?.int.flatMap { Int(exactly: $0) } ?? offset + orders.count
    let next = offset + orders.count
    return MiraklOrderPage(
      orders: orders, totalCount: total, nextOffset: orders.isEmpty || next >= total ? nil : next)
  }

  /// A saved answer: OR11's own shape, a bare list of orders, or one order.
  /// - Throws: `OutsideError` when it is none of them.
  public static func orders(saved bytes: [UInt8]) throws(OutsideError) -> [MiraklOrder] {
    let value: JSONValue
    do { value = try JSONValue.parse(bytes, limits: JSONLimits(bytes: 256 << 20)) } catch {
      throw MiraklErrors.unreadable(error.description)
    }
    if let list = value["orders"], list.kind == .array { return list.elements.map(MiraklOrder.init) }
    if value.kind == .array { return value.elements.map(MiraklOrder.init) }
    if value["order_id"] != nil || value["order_lines"] != nil { return [MiraklOrder(value)] }
    throw MiraklErrors.unreadable("neither an OR11 answer nor an order")
  }
}

/// What to ask OR11 for.
public struct MiraklOrderQuery: Sendable {
  /// At most 100.
  public var orderIDs: [String] = []
  public var startUpdateDate: Timestamp?
  public var states: [String] = []
  public var offset = 0
  public var max = 100

  public init() {}

  public static func orders(_ ids: [String]) -> MiraklOrderQuery {
    var query = MiraklOrderQuery()
    query.orderIDs = ids
    return query
  }
}
