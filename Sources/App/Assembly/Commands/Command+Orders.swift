import CustomerService
import Effects
import Kit
import Ledger
import Operations
import Orders
import People
import Postgres

extension Command {
  static let orders = Command(
    name: "orders", summary: "Lists orders, newest first.",
    usage: "orders [--status STATUS]",
    options: [
      .init(
        name: "status", value: "STATUS",
        meaning: OrderStatus.allCases.map(\.rawValue).joined(separator: ", ")),
      .init(name: "needs-person", meaning: "only those that wait for a person, bookings too"),
      .init(
        name: "search", value: "TEXT", meaning: "order id (or its beginning), tracking PIN or SKU"),
      .init(name: "limit", value: "N", meaning: "how many (50)"), json,
    ]
  ) { arguments, context in
    var filter = OrderFilter(
      needsPerson: arguments.has("needs-person"), search: arguments.text("search"),
      limit: try arguments.int("limit", or: 50, in: 1...100_000))
    if let name = arguments.text("status") {
      guard let status = OrderStatus(rawValue: name) else {
        throw UsageError(
          command: "orders", "no status '\(name)'; `quayside help orders` lists them")
      }
      filter.status = status
    }
    let wanted = filter
    let orders = try await reading(context) { try await $0.ledger.orders(wanted) }
    if arguments.has("json") {
      context.print(JSON.array(orders.map(\.json)).text)
    } else if orders.isEmpty {
      context.print("no such orders")
    } else {
      context.print(
        Table.text(
          ["order", "status", "since", "marketplace", "PIN", "what it waits for"],
          orders.map {
            [
              $0.orderID, $0.statusName, $0.statusSince.short, $0.marketplaceState ?? "",
              $0.trackingPIN ?? "", $0.waits ?? "",
            ]
          }))
    }
    return ExitStatus.fine
  }

  static let order = Command(
    name: "order", summary: "One order with its whole timeline.", usage: "order ORDER_ID",
    options: [json], words: 1...1
  ) { arguments, context in
    let id = arguments.words[0]
    let found = try await reading(context) { installation -> ShownOrder in
      let ledger = installation.ledger
      if let booking = try await ledger.bookings(ids: [id]).first {
        return .booking(booking, try await ledger.timeline(of: id))
      }
      guard let order = try await ledger.order(id) else {
        throw NotFound(description: Desk.Refusal.noSuchOrder(id).description)
      }
      return .marketplace(order, try await ledger.lines(of: id), try await ledger.timeline(of: id))
    }
    guard case .marketplace(let order, let lines, let timeline) = found else {
      context.print(arguments.has("json") ? found.bookingJSON : found.bookingText)
      return ExitStatus.fine
    }
    if arguments.has("json") {
      guard case .object(var members) = order.json else { return ExitStatus.trouble }
      members.append(("lines", .array(lines.map(\.json))))
      members += timeline.members
      context.print(JSON.object(members).text)
      return ExitStatus.fine
    }
    var text = "\(order.orderID): \(order.statusName) since \(order.statusSince.short)"
    text += ", \(order.marketplaceState ?? "no state") at the marketplace\n"
    if let reason = order.parkedReason ?? order.needs { text += "waits: \(reason)\n" }
    if let pin = order.trackingPIN { text += "PIN \(pin)\n" }
    if let path = order.labelPath { text += "label \(path)\n" }
    for line in lines {
      text += "  \(line.quantity ?? 0) x \(line.sku ?? "?")  \(line.title ?? "")\n"
    }
    context.print(text + "\n" + timeline.table)
    return ExitStatus.fine
  }

  static let effects = Command(
    name: "effects", summary: "What should still happen outside, most urgent first.",
    usage: "effects [--state STATE]",
    options: [
      .init(
        name: "state", value: "STATE",
        meaning: EffectState.allCases.map(\.rawValue).joined(separator: ", ")),
      .init(name: "all", meaning: "settled ones too"),
      .init(name: "limit", value: "N", meaning: "how many (100)"), json,
    ]
  ) { arguments, context in
    var filter = EffectFilter(
      includesSettled: arguments.has("all"),
      limit: try arguments.int("limit", or: 100, in: 1...100_000))
    if let name = arguments.text("state") {
      guard let state = EffectState(rawValue: name) else {
        throw UsageError(
          command: "effects", "no state '\(name)'; `quayside help effects` lists them")
      }
      filter.state = state
    }
    let wanted = filter
    let effects = try await reading(context) { try await $0.ledger.effects(wanted) }
    if arguments.has("json") {
      context.print(JSON.array(effects.map(\.json)).text)
    } else if effects.isEmpty {
      context.print("nothing is open")
    } else {
      context.print(
        Table.text(
          ["effect", "kind", "order", "state", "due", "tries", "last outcome"],
          effects.map {
            [
              "\($0.effectID)", $0.kind, $0.orderID,
              $0.state.rawValue + ($0.isOverdue ? " (late)" : ""),
              $0.state.isActive ? $0.dueAt.short : "", "\($0.tries)", $0.outcome ?? "",
            ]
          }))
    }
    return ExitStatus.fine
  }

  static let retry = Command(
    name: "retry", summary: "Sets going again what waits for a person.",
    usage: "retry ORDER_ID|--effect N",
    details: """
      An acceptance that failed is tried once more; a purchase is searched for by its request id before
      it is bought; a voided parcel gets a new label.
      """,
    options: [
      .init(name: "effect", value: "N", meaning: "the effect's number instead of an order"), json,
    ],
    words: 0...1
  ) { arguments, context in
    try await acting(context) { installation in
      let kinds: [String]
      if let text = arguments.text("effect") {
        guard let id = Int64(text) else {
          throw UsageError(command: "retry", "--effect takes a number")
        }
        if let message = try await installation.ledger.message(ofEffect: id) {
          let decision = try await installation.customerService().retry(
            message, by: .commandLine(context.actor))
          guard decision.isDone else { throw NotFound(description: decision.why ?? "not done") }
          kinds = [Deed.sendMessage.rawValue]
        } else {
          kinds = try await installation.desk.retry(effect: id, by: .commandLine(context.actor))
        }
      } else if let id = arguments.words.first {
        kinds = try await installation.desk.retry(id, by: .commandLine(context.actor))
      } else {
        throw UsageError(command: "retry", "usage: quayside retry ORDER_ID, or --effect N")
      }
      context.print(
        arguments.has("json")
          ? JSON.object([("retried", .array(kinds.map(JSON.string)))]).text
          : "set going again: \(kinds.joined(separator: ", "))")
    }
  }

  static let void = Command(
    name: "void", summary: "Voids an order's label, or asks for a refund where it is too late.",
    usage: "void ORDER_ID", options: [json], words: 1...1
  ) { arguments, context in
    try await acting(context) { installation in
      try await installation.desk.void(arguments.words[0], by: .commandLine(context.actor))
      context.print(
        arguments.has("json") ? #"{"planned":"void_label"}"# : "planned: the label will be voided")
    }
  }

  static let accept = Command(
    name: "accept", summary: "Has an order accepted that the shop's policy keeps back.",
    usage: "accept ORDER_ID",
    details: """
      Also one that is about to be refused, while nothing of that went out. Its parts are taken on
      whether they are there or not.
      """, options: [json], words: 1...1
  ) { arguments, context in
    try await acting(context) { installation in
      try await installation.desk.acceptAnyway(
        arguments.words[0], by: .commandLine(context.actor))
      context.print(
        arguments.has("json") ? #"{"planned":"accept_order"}"# : "planned: it is accepted as it is")
    }
  }

  static let sku = Command(
    name: "sku", summary: "Maps a marketplace SKU to ours; parked orders that waited for it heal.",
    usage: "sku SHOP_SKU INTERNAL_SKU",
    options: [.init(name: "grams", value: "N", meaning: "the variant's weight")], words: 2...2
  ) { arguments, context in
    let grams =
      try arguments.text("grams") == nil ? nil : arguments.int("grams", or: 0, in: 1...30_000)
    return try await acting(context) { installation in
      try await installation.ledger.map(
        shopSKU: arguments.words[0], to: arguments.words[1], weightGrams: grams)
      for shop in installation.shops {
        let report = try await Intake(
          ledger: installation.ledger, shop: shop.settings, cycle: installation.settings.cycle
        ).reconsiderParked(correlationID: "catalogue/\(UUIDv7.make().text)")
        if report.healed > 0 { context.print("\(report.healed) orders healed") }
      }
      await installation.ledger.announce()
    }
  }

  static func reading<Value: Sendable>(
    _ context: Context, _ body: (Installation) async throws -> Value
  ) async throws -> Value {
    let installation = try await Installation.open(context)
    do {
      let value = try await body(installation)
      await installation.close()
      return value
    } catch {
      await installation.close()
      throw error
    }
  }

  static func acting(
    _ context: Context, _ body: (Installation) async throws -> Void
  ) async throws -> Int32 {
    do {
      try await reading(context) { installation in
        try await installation.openShops()
        try await body(installation)
      }
    } catch let refusal as Desk.Refusal {
      switch refusal {
      case .noSuchOrder, .noSuchEffect, .noSuchFailure:
        throw NotFound(description: refusal.description)
      case .nothingToRetry, .noLabelToVoid, .isHeld, .isNotHeld, .isOver, .notKeptBack,
        .beingRefused, .cannotAccept, .cannotCancel, .beingCancelled:
        throw refusal
      }
    }
    return ExitStatus.fine
  }
}
