public import Kit

/// A business and what it allows: its capability flags, limits and levels.
public struct Business: Sendable, Equatable {
  public var id: String
  public var name: String
  public var currency: String
  /// Where its clock is, by its name in the IANA database: customers are shown times of it.
  public var timeZone: String
  /// An agent may book at all.
  public var isBookingEnabled: Bool
  /// Lines must name an item of the catalogue, and prices are the catalogue's.
  public var hasCatalogue: Bool
  /// An order needs a time slot.
  public var requiresSlot: Bool
  public var limits: BookingLimits
  public var levels: LevelRule
  /// How long a question to a customer may be answered, and how long the yes then counts.
  public var confirmationLife: Duration
  public var draftLife: Duration
  public var syncsSheet: Bool
  public var pushes: Bool

  public init(
    id: String, name: String, currency: String, timeZone: String = "America/Toronto",
    isBookingEnabled: Bool, hasCatalogue: Bool, requiresSlot: Bool = false,
    limits: BookingLimits = BookingLimits(), levels: LevelRule = .standard,
    confirmationLife: Duration = .minutes(15), draftLife: Duration = .hours(24),
    syncsSheet: Bool = false, pushes: Bool = false
  ) {
    self.id = id
    self.name = name
    self.currency = currency
    self.timeZone = timeZone
    self.isBookingEnabled = isBookingEnabled
    self.hasCatalogue = hasCatalogue
    self.requiresSlot = requiresSlot
    self.limits = limits
    self.levels = levels
    self.confirmationLife = confirmationLife
    self.draftLife = draftLife
    self.syncsSheet = syncsSheet
    self.pushes = pushes
  }

  public var json: JSON {
    .object([
      ("user_id", .string(id)), ("name", .string(name)), ("currency", .string(currency)),
      ("time_zone", .string(timeZone)), ("order_booking_enabled", .bool(isBookingEnabled)),
      ("has_catalogue", .bool(hasCatalogue)), ("requires_slot", .bool(requiresSlot)),
      ("sheets_sync_enabled", .bool(syncsSheet)), ("push_enabled", .bool(pushes)),
      ("limits", limits.json), ("levels", levels.json),
      ("confirmation_seconds", .int(confirmationLife.components.seconds)),
      ("draft_seconds", .int(draftLife.components.seconds)),
    ])
  }
}

/// What an agent may book without asking the business. `nil` is no limit.
public struct BookingLimits: Sendable, Equatable {
  /// Of one item, on however many lines.
  public var lineQuantityMax: Int?
  public var orderQuantityMax: Int?
  /// In hundredths of the business's currency.
  public var orderValueMax: Int64?
  /// Bookings by agents within any hour.
  public var ordersPerHourMax: Int?

  public init(
    lineQuantityMax: Int? = 100, orderQuantityMax: Int? = 200, orderValueMax: Int64? = 100_000,
    ordersPerHourMax: Int? = nil
  ) {
    self.lineQuantityMax = lineQuantityMax
    self.orderQuantityMax = orderQuantityMax
    self.orderValueMax = orderValueMax
    self.ordersPerHourMax = ordersPerHourMax
  }

  /// Which limits these lines are over, in words; empty when none.
  public func exceeded(by lines: [BookedLine], ordersThisHour: Int) -> [String] {
    var words: [String] = []
    if let max = lineQuantityMax, let line = lines.summed.first(where: { $0.quantity > max }) {
      words.append("\(line.quantity) of \(line.name) is more than \(max) of one item")
    }
    if let max = orderQuantityMax, lines.totalQuantity > max {
      words.append("\(lines.totalQuantity) items are more than \(max)")
    }
    if let max = orderValueMax, let total = lines.total, total > max {
      words.append("\(Amount.text(total)) is more than \(Amount.text(max))")
    }
    if let max = ordersPerHourMax, ordersThisHour >= max {
      words.append("\(ordersThisHour) orders within the hour are as many as allowed")
    }
    return words
  }

  public var json: JSON {
    .object([
      ("line_quantity_max", .optional(lineQuantityMax)),
      ("order_quantity_max", .optional(orderQuantityMax)),
      ("order_value_max", Amount.json(orderValueMax)),
      ("orders_per_hour_max", .optional(ordersPerHourMax)),
    ])
  }
}
