public import Kit

public struct SlotTimes: Sendable, Equatable {
  public var startsAt: Timestamp
  public var endsAt: Timestamp

  public init(startsAt: Timestamp, endsAt: Timestamp) {
    self.startsAt = startsAt
    self.endsAt = endsAt
  }
}

/// A booking as it is shown and stored.
public struct BookedOrder: Sendable {
  public var orderID: String
  public var businessID: String
  public var status: BookingStatus
  /// One more with every change; the ETag.
  public var version: Int
  public var source: BookingSource
  public var customerName: String
  public var customerPhone: String
  public var lines: [BookedLine]
  public var notes: String?
  public var slotID: String?
  /// When the time slot is: as it is now, also where it was moved since the order was booked.
  public var slotTimes: SlotTimes?
  public var currency: String
  public var total: Int64?
  /// The key that booked it.
  public var principal: String
  public var draftID: UUIDv7?
  public var confirmationID: UUIDv7?
  public var createdAt: Timestamp
  public var updatedAt: Timestamp

  public init(
    orderID: String, businessID: String, status: BookingStatus = .pending, version: Int = 1,
    source: BookingSource, customerName: String, customerPhone: String, lines: [BookedLine],
    notes: String?, slotID: String?, currency: String, principal: String, draftID: UUIDv7? = nil,
    confirmationID: UUIDv7? = nil, createdAt: Timestamp, updatedAt: Timestamp
  ) {
    self.orderID = orderID
    self.businessID = businessID
    self.status = status
    self.version = version
    self.source = source
    self.customerName = customerName
    self.customerPhone = customerPhone
    self.lines = lines
    self.notes = notes
    self.slotID = slotID
    self.currency = currency
    total = lines.total
    self.principal = principal
    self.draftID = draftID
    self.confirmationID = confirmationID
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }

  public var json: JSON {
    .object([
      ("order_id", .string(orderID)), ("user_id", .string(businessID)),
      ("status", .string(status.rawValue)), ("version", .int(Int64(version))),
      ("source", .string(source.rawValue)), ("customer_name", .string(customerName)),
      ("customer_phone", .string(customerPhone)), ("items", .array(lines.map(\.json))),
      ("total_quantity", .int(Int64(lines.totalQuantity))), ("total", Amount.json(total)),
      ("currency", .string(currency)), ("notes", .optional(notes)), ("slot_id", .optional(slotID)),
      ("slot_starts_at", .optional(slotTimes?.startsAt)),
      ("slot_ends_at", .optional(slotTimes?.endsAt)),
      ("next_statuses", .array(status.nexts.map { .string($0.rawValue) })),
      ("created_at", .string(createdAt.iso8601)), ("updated_at", .string(updatedAt.iso8601)),
    ])
  }

  /// What an answer carries around it.
  public func envelope(correlationID: String) -> JSON {
    .object([
      ("success", true), ("order", json), ("correlation_id", .string(correlationID)),
    ])
  }
}
