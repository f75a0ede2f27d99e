import Kit
import Ledger
import Orders

/// The same facts as the pages', for programs. No customer's data is among them.
enum Documents {
  static func orders(_ page: OrderSlice) -> JSON {
    [
      "orders": .array(page.rows.map { .object(order($0)) }),
      "next": .optional(page.next.map(OrderQuery.text)),
    ]
  }

  static func order(_ story: OrderStory) -> JSON {
    .object(
      order(story.row) + [
        ("marketplace_state", .optional(story.detail.marketplaceState)),
        ("accepted_at", .optional(story.detail.acceptedAt)),
        ("lines", .array(story.lines.map(line))),
        ("parcel", story.parcel.map(parcel) ?? .null),
        ("timeline", .array(story.timeline.entries.map(entry))),
        ("timeline_is_cut", .bool(story.timeline.isCut)),
      ])
  }

  static func counts(_ counts: Counts) -> JSON {
    [
      "orders": numbers(counts.orders),
      "orders_total": .int(Int64(counts.orders.values.reduce(0, +))),
      "effects_open": numbers(counts.effects),
      "effects_overdue": .int(Int64(counts.overdueEffects)),
      "failures_open": .int(Int64(counts.openFailures)),
      "unreadable_orders": .int(Int64(counts.unreadableOrders)),
      "unmapped_skus": .int(Int64(counts.unmappedSKUs)),
      "pulls_failing": .int(Int64(counts.pullProblems.count)),
    ]
  }

  private static func numbers(_ counts: [String: Int]) -> JSON {
    .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .int(Int64($0.value))) })
  }

  private static func order(_ order: ListedOrder) -> [(String, JSON)] {
    [
      ("order_id", .string(order.orderID)), ("channel", .string(order.channel)),
      ("shop_id", .string(order.shopID)), ("status", .string(order.status)),
      ("status_since", .optional(order.statusSince)), ("is_held", .bool(order.isHeld)),
      ("parked_reason", .optional(order.parkedReason)), ("needs", .optional(order.needs)),
      ("created_at", .optional(order.createdAt)), ("accept_by", .optional(order.acceptBy)),
      ("ship_by", .optional(order.shipBy)), ("total_price", .optional(order.totalPrice)),
      ("currency", .optional(order.currency)), ("tracking_pin", .optional(order.trackingPIN)),
    ]
  }

  private static func line(_ line: OrderLineSummary) -> JSON {
    [
      "order_line_id": .string(line.orderLineID), "sku": .optional(line.sku),
      "quantity": .optional(line.quantity), "title": .optional(line.title),
      "unit_price": .optional(line.unitPrice), "is_mapped": .bool(line.isMapped),
    ]
  }

  private static func parcel(_ parcel: ParcelFacts) -> JSON {
    [
      "status": .string(parcel.status.rawValue), "request_id": .string(parcel.requestID),
      "account_kind": .string(parcel.accountKind), "group_id": .optional(parcel.groupID),
      "carrier_id": .optional(parcel.carrierID), "tracking_pin": .optional(parcel.trackingPIN),
    ]
  }

  private static func entry(_ entry: TimelineEntry) -> JSON {
    [
      "at": .string(entry.at.iso8601), "kind": .string(entry.kind.rawValue),
      "title": .string(entry.title), "detail": .string(entry.detail),
      "is_trouble": .bool(entry.isTrouble), "reference": .optional(entry.reference),
    ]
  }
}
