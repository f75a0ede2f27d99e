import Booking
import Bookings
import HTTP
import Kit
import Ledger

extension Endpoint {
  static let all: [Endpoint] = orders + drafts + business + customerKeys

  /// The contract's own door takes its body as bytes, checks and digests it in one go.
  var readsBody: Bool { name != "createOrder" }

  private static let orderID = Parameter.path(
    "order_id", .text(.identifier(64)), "Of the order.")
  private static let key = Parameter.header(
    "Idempotency-Key", .text(.key),
    "Makes a repeat harmless: the same key gives the same answer for 48 hours.")
  private static let ifMatch = Parameter.header(
    "If-Match", .text(TextRule(.lines, 1...64)), "The ETag that the change expects.")
  private static let version = Schema.Field.optional(
    "version", .integer(1...Int64(Int32.max)), "The version that the change expects.")
  static let createCodes: [BookingCode] = [
    .keyRequired, .keyInvalid, .keyReused, .inFlight, .bookingDisabled, .fieldsMissing,
    .itemChoiceRequired, .unknownItem, .approvalRequired, .duplicateOrder, .slotUnavailable,
    .draftClosed, .confirmationRequired, .confirmationVoid, .confirmationExpired,
    .confirmationDeclined, .confirmationUsed, .confirmationTooWeak, .channelUnavailable,
    .versionConflict, .integration,
  ]
  private static let changeCodes: [BookingCode] = [
    .invalidOrderState, .versionConflict, .preconditionFailed, .unknownItem,
  ]

  static let orders: [Endpoint] = [
    Endpoint(
      method: "POST", path: "/api/orders", name: "createOrder", summary: "Book an order",
      details: """
        With a person's key the order is booked at once. With an agent's key it is booked when the \
        customer has confirmed it; until then the answer is CONFIRMATION_REQUIRED with the way to \
        the customer's yes, and the same request may be sent again.
        """,
      parameters: [key], body: OrderRequest.schema, status: 201, answer: Shapes.orderAnswer,
      codes: createCodes,
      handle: { (call) async throws(BookingError) in
        let outcome = await call.service.create(
          call.request.body, key: call.request.headers["Idempotency-Key"], by: call.caller)
        return try answer(outcome)
      }),
    Endpoint(
      method: "GET", path: "/api/orders", name: "listOrders",
      summary: "List orders, newest first", scope: .read,
      parameters: [
        .query("status", .choice(BookingStatus.allCases.map(\.rawValue)), "Only these."),
        .query("source", .choice(BookingSource.allCases.map(\.rawValue)), "Only these."),
        .query(
          "customer_phone", .text(TextRule(.phone, 10...48)), "Only this customer's."),
        .query("since", .text(.moment), "Booked at this time or later."),
        .query("until", .text(.moment), "Booked before this time."),
        .query("limit", .integer(1...200), "How many (50)."),
        .query(
          "cursor", .text(.identifier(128)), "next_cursor of the page before."),
      ],
      answer: [
        .init("orders", .array(of: Shapes.order, count: 0...200)),
        .init("next_cursor", .orNull(.text(.identifier(128))), "null on the last page."),
      ], handle: list),
    Endpoint(
      method: "GET", path: "/api/orders/{order_id}", name: "readOrder",
      summary: "One order with its history", scope: .read, parameters: [orderID],
      answer: Shapes.orderAnswer + [.init("history", .array(of: Shapes.move, count: 0...1_000))],
      handle: { (call) async throws(BookingError) in
        let order = try await call.service.order(call.captures["order_id"] ?? "", by: call.caller)
        let moves = try await call.service.moves(of: order.orderID, by: call.caller)
        return APIAnswer(
          [("order", order.json), ("history", .array(moves.map(\.json)))],
          headers: [("ETag", BookingTag.of(order.version))],
          correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "PATCH", path: "/api/orders/{order_id}", name: "editOrder",
      summary: "Change what is ordered, or for whom", scope: .write,
      parameters: [orderID, ifMatch],
      body: .object([
        .optional("items", OrderRequest.itemsSchema, "The whole list."),
        .optional("customer_name", .text(.line(200))),
        .optional("customer_phone", .text(TextRule(.phone, 10...48))),
        .optional("notes", .text(TextRule(.lines, 0...2_000)), "Empty removes them."), version,
      ]), answer: Shapes.orderAnswer, codes: changeCodes, handle: edit),
    Endpoint(
      method: "POST", path: "/api/orders/{order_id}/status", name: "moveOrder",
      summary: "Move an order on", scope: .write, parameters: [orderID, ifMatch],
      body: .object([
        .init("status", .choice(BookingStatus.allCases.map(\.rawValue))),
        .optional("reason", .text(.line(500)), "For the history."), version,
      ]), answer: Shapes.orderAnswer, codes: changeCodes,
      handle: { (call) async throws(BookingError) in
        let status = call.text("status").flatMap { BookingStatus(rawValue: $0) } ?? .pending
        return try await move(call, to: status)
      }),
    Endpoint(
      method: "POST", path: "/api/orders/{order_id}/cancel", name: "cancelOrder",
      summary: "Cancel an order", scope: .write, parameters: [orderID, ifMatch],
      body: .object([.init("reason", .text(.line(500)), "For the history."), version]),
      answer: Shapes.orderAnswer, codes: changeCodes,
      handle: { (call) async throws(BookingError) in try await move(call, to: .cancelled) }),
    Endpoint(
      method: "GET", path: "/api/orders/{order_id}/evidence", name: "readEvidence",
      summary: "Everything that shows how the order came about",
      details:
        "The answer, as it comes, is a signed file that tools/verify-evidence checks offline.",
      scope: .read, parameters: [orderID], answer: [.init("evidence", .map)],
      handle: { (call) async throws(BookingError) in
        let evidence = try await call.service.evidence(
          of: call.captures["order_id"] ?? "", by: call.caller)
        return APIAnswer([("evidence", evidence)], correlationID: call.caller.correlationID)
      }),
  ]

  /// The one edge from outcomes of a booking to HTTP.
  static func answer(_ outcome: CreateOutcome) throws(BookingError) -> APIAnswer {
    switch outcome {
    case .booked(let status, let body, let orderID, _):
      return APIAnswer(
        status: status,
        headers: [("ETag", BookingTag.of(1)), ("Location", "/api/orders/" + orderID)], body: body)
    case .replayed(let status, let body, let orderID):
      var headers = [("Idempotent-Replayed", "true")]
      if let orderID {
        headers += [("ETag", BookingTag.of(1)), ("Location", "/api/orders/" + orderID)]
      }
      return APIAnswer(status: status, headers: headers, body: body)
    case .refused(let error): throw error
    }
  }

  private static func move(
    _ call: APICall, to status: BookingStatus
  ) async throws(BookingError) -> APIAnswer {
    let order = try await call.service.move(
      call.captures["order_id"] ?? "", to: status, reason: call.text("reason"),
      expecting: try call.expectation(), by: call.caller)
    return answer(order, call)
  }

  private static func edit(_ call: APICall) async throws(BookingError) -> APIAnswer {
    var problems: [InputProblem] = []
    let items = call.body?["items"].flatMap { $0.isNull ? nil : $0 }
    let lines = items.map { OrderRequest.lines($0, at: "$.items", &problems) }
    guard problems.isEmpty else { throw .invalid(problems) }
    let order = try await call.service.edit(
      call.captures["order_id"] ?? "",
      BookingEdit(
        lines: lines, customerName: call.text("customer_name"),
        customerPhone: call.text("customer_phone").map(OrderRequest.plainPhone),
        notes: call.text("notes")), expecting: try call.expectation(), by: call.caller)
    return answer(order, call)
  }

  private static func answer(_ order: BookedOrder, _ call: APICall) -> APIAnswer {
    APIAnswer(
      [("order", order.json)], headers: [("ETag", BookingTag.of(order.version))],
      correlationID: call.caller.correlationID)
  }

  private static func list(_ call: APICall) async throws(BookingError) -> APIAnswer {
    var filter = BookingFilter(
      businessID: call.caller.principal.businessID, limit: call.limit())
    filter.status = call.query("status").flatMap { BookingStatus(rawValue: $0) }
    filter.source = call.query("source").flatMap { BookingSource(rawValue: $0) }
    filter.phone = call.query("customer_phone").map(OrderRequest.plainPhone)
    filter.since = call.query("since").flatMap { Timestamp(iso8601: $0) }
    filter.until = call.query("until").flatMap { Timestamp(iso8601: $0) }
    if let cursor = call.query("cursor") { filter.before = try Cursor.read(cursor) }
    let wanted = filter.limit
    filter.limit += 1
    let found = try await call.service.orders(filter, by: call.caller)
    let page = found.prefix(wanted)
    let next = found.count > wanted ? page.last.map(Cursor.of) : nil
    return APIAnswer(
      [("orders", .array(page.map(\.json))), ("next_cursor", .optional(next))],
      correlationID: call.caller.correlationID)
  }
}

/// Where a page of a list ends: time and id, so that new orders shift nothing.
enum Cursor {
  static func of(_ order: BookedOrder) -> String {
    "\(order.createdAt.microseconds).\(order.orderID)"
  }

  static func read(
    _ text: String
  ) throws(BookingError) -> (createdAt: Timestamp, orderID: String) {
    let parts = text.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let micros = Int64(parts[0]), abs(micros) < 253_402_300_800_000_000
    else {
      throw .invalid([.init("$.query['cursor']", .format, "is no next_cursor of ours")])
    }
    return (Timestamp(microseconds: micros), String(parts[1]))
  }
}
