public import Kit

/// One page of OR11.
public struct MiraklOrderPage: Sendable {
  /// A saved answer may hold many pages.
  static let savedBytesMax = 256 << 20

  public var orders: [MiraklOrder]
  public var totalCount: Int
  /// Where the next page begins; `nil` on the last.
  public var nextOffset: Int?

  public init(orders: [MiraklOrder], totalCount: Int, nextOffset: Int?) {
    self.orders = orders
    self.totalCount = totalCount
    self.nextOffset = nextOffset
  }

  /// The one door for orders: OR11's own shape, a bare list of orders, or a single order.
  ///
  /// - Parameters:
  ///   - offset: where the page that was asked for began.
  ///   - max: how many orders were asked for.
  /// - Throws: `OutsideError` (transient) when it is none of them; one odd order spoils no others.
  public static func page(
    from bytes: [UInt8], offset: Int = 0, max: Int = 100, bytesMax: Int = 16 << 20
  ) throws(OutsideError) -> MiraklOrderPage {
    let value = try MiraklErrors.json(bytes, bytesMax: bytesMax)
    let list: [JSONValue]
    if let orders = value["orders"], orders.kind == .array {
      list = orders.elements
    } else if value.kind == .array {
      list = value.elements
    } else if value["order_id"] != nil || value["order_lines"] != nil {
      list = [value]
    } else {
      throw MiraklErrors.unreadable("neither a list of orders nor an order")
    }
    // A page that repeats orders is longer than was asked for; what it skips nobody would read.
    let next = offset + min(list.count, max)
    var page = MiraklOrderPage(
      orders: list.map(MiraklOrder.init), totalCount: next, nextOffset: nil)
    if let total = value["total_count"]?.int.flatMap({ Int(exactly: $0) }), total >= 0 {
      page.totalCount = total
      page.nextOffset = list.isEmpty || next >= total ? nil : next
    } else if list.count >= max {
      // No total was given, and a full page may have a successor.
      page.nextOffset = next
    }
    return page
  }

  /// The orders of a saved answer.
  /// - Throws: `OutsideError` when it holds none.
  public static func orders(saved bytes: [UInt8]) throws(OutsideError) -> [MiraklOrder] {
    try page(from: bytes, bytesMax: savedBytesMax).orders
  }
}
