import Booking
import Bookings
import HTTP
import Kit

extension Endpoint {
  private static let capabilities = Schema.object([
    .init("user_id", .text(.identifier(40))), .init("name", .text(.line(200))),
    .init("currency", .text(.line(3))),
    .init("time_zone", .text(.line(100)), "Customers are shown times of its clock."),
    .init("order_booking_enabled", .boolean),
    .init("has_catalogue", .boolean), .init("requires_slot", .boolean),
    .init("sheets_sync_enabled", .boolean), .init("push_enabled", .boolean),
    .init("limits", .map), .init("levels", .array(of: .map, count: 0...100)),
    .init(
      "confirmation_seconds", .integer(1...604_800),
      "A question may be answered for so long, and the yes then counts for so long."),
    .init("draft_seconds", .integer(1...2_592_000), "Of a draft."),
  ])

  static let business: [Endpoint] = [
    Endpoint(
      method: "GET", path: "/api/capabilities", name: "readCapabilities",
      summary: "What the business lets agents do", answer: [.init("capabilities", capabilities)],
      handle: { (call) async throws(BookingError) in
        let business = try await call.service.business(call.caller.principal.businessID)
        return APIAnswer(
          [("capabilities", business.json)], correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "GET", path: "/api/catalogue", name: "listItems",
      summary: "The catalogue, by id", scope: .read,
      parameters: [
        .query("after", .text(.identifier(64)), "Items behind this id."),
        .query("limit", .integer(1...200), "How many (50)."),
      ], answer: [.init("items", .array(of: Shapes.item, count: 0...200))],
      handle: { (call) async throws(BookingError) in
        let items = try await call.service.items(
          after: call.query("after") ?? "", limit: call.limit(), by: call.caller)
        return APIAnswer(
          [("items", .array(items.map(\.json)))], correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "PUT", path: "/api/catalogue/{item_id}", name: "writeItem",
      summary: "Add an item, or change it", scope: .catalogue,
      parameters: [.path("item_id", .text(.identifier(64)), "Of the item.")],
      body: .object([
        .init("name", .text(.line(200))), .init("unit_price", .text(.amount)),
        .optional("is_active", .boolean, "false takes it off the catalogue."),
      ]), answer: [.init("item", Shapes.item)],
      handle: { (call) async throws(BookingError) in
        let item = CatalogueItem(
          id: call.captures["item_id"] ?? "", name: call.text("name") ?? "",
          unitPrice: Amount.hundredths(call.text("unit_price")) ?? 0,
          isActive: call.body?["is_active"]?.bool ?? true)
        try await call.service.write(item, by: call.caller)
        return APIAnswer([("item", item.json)], correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "GET", path: "/api/slots", name: "listSlots", summary: "Time slots with room",
      scope: .read,
      parameters: [
        .query("from", .text(.moment), "From this time on (now)."),
        .query("limit", .integer(1...200), "How many (50)."),
      ], answer: [.init("slots", .array(of: Shapes.slot, count: 0...200))],
      handle: { (call) async throws(BookingError) in
        let slots = try await call.service.freeSlots(
          from: call.query("from").flatMap { Timestamp(iso8601: $0) }, limit: call.limit(),
          by: call.caller)
        return APIAnswer(
          [("slots", .array(slots.map(\.json)))], correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "GET", path: "/api/slots/{slot_id}", name: "readSlot",
      summary: "One time slot, also a full one", scope: .read,
      parameters: [.path("slot_id", .text(.identifier(64)), "Of the slot.")],
      answer: [.init("slot", Shapes.slot)],
      handle: { (call) async throws(BookingError) in
        let slot = try await call.service.slot(call.captures["slot_id"] ?? "", by: call.caller)
        return APIAnswer([("slot", slot.json)], correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "PUT", path: "/api/slots/{slot_id}", name: "writeSlot",
      summary: "Add a time slot, or change it", scope: .catalogue,
      parameters: [.path("slot_id", .text(.identifier(64)), "Of the slot.")],
      body: .object([
        .init("starts_at", .text(.moment)), .init("ends_at", .text(.moment)),
        .init("capacity", .integer(0...1_000_000)),
      ]), answer: [.init("slot", Shapes.slot)], codes: [.slotUnavailable],
      handle: { (call) async throws(BookingError) in
        let moment = { (name: String) in
          call.text(name).flatMap { Timestamp(iso8601: $0) } ?? .now()
        }
        let slot = Slot(
          id: call.captures["slot_id"] ?? "", startsAt: moment("starts_at"),
          endsAt: moment("ends_at"), capacity: Int(call.body?["capacity"]?.int ?? 0), taken: 0)
        try await call.service.write(slot, by: call.caller)
        return APIAnswer([("slot", slot.json)], correlationID: call.caller.correlationID)
      }),
  ]
}
