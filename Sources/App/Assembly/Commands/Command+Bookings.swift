import Booking
import Bookings
import Kit
import Ledger

extension Command {
  static let business = Command(
    name: "business", summary: "Adds a business that takes bookings, changes, shows or lists it.",
    usage: "business list | business add|set|show ID [--name NAME]",
    details: """
      add begins with: agents may book, a catalogue, no time slots, at most 100 of one item, 200 items
      and 1000.00 an order without the business's approval, and a customer's yes of level 1 below
      100.00 and of level 2 from there on. set changes what is given and nothing else.

      Customers are shown the times of their slots on the clock of the business's time zone.

      Levels: 1 is a yes through a link that the agent passed on or a dialog of its client; 2 is a yes
      through a link or a code that was sent to the customer directly (QUAYSIDE_COURIER_COMMAND); 3 is
      signed with a key of the customer's that the business vouched for. An order without prices takes
      the highest level. Where a yes on the way that there is would be too little, nobody is asked.
      """,
    options: [
      .init(name: "name", value: "NAME", meaning: "what customers call it"),
      .init(name: "currency", value: "CAD", meaning: "of its prices (CAD)"),
      .init(
        name: "time-zone", value: "NAME", meaning: "of its clock, as IANA has it (America/Toronto)"),
      .init(name: "agents", value: "on|off", meaning: "agents may book"),
      .init(
        name: "catalogue", value: "on|off", meaning: "lines must name an item of the catalogue"),
      .init(name: "slots", value: "on|off", meaning: "an order needs a time slot"),
      .init(name: "levels", value: "0:1,100:2", meaning: "from each amount on, the least level"),
      .init(
        name: "confirmation-life", value: "15m",
        meaning: "a question may be answered, and the yes then counts (1s to 7d)"),
      .init(name: "draft-life", value: "24h", meaning: "a draft may be booked (1s to 30d)"),
      .init(name: "line-max", value: "N", meaning: "of one item, without approval; 0 is no limit"),
      .init(name: "order-max", value: "N", meaning: "items of an order, likewise"),
      .init(name: "value-max", value: "AMOUNT", meaning: "of an order, likewise"),
      .init(name: "hour-max", value: "N", meaning: "orders by agents within an hour, likewise"),
      .init(name: "sheets", value: "on|off", meaning: "keep a row of its sheet for each order"),
      .init(name: "sheet-id", value: "ID", meaning: "the spreadsheet's, from its address"),
      .init(name: "sheet-name", value: "NAME", meaning: "of the sheet in it (Orders)"),
      .init(
        name: "google-key-file", value: "PATH",
        meaning: "its own service account's key file; - is the installation's again"),
      .init(name: "push", value: "on|off", meaning: "tell it of each order"),
      .init(
        name: "push-to", value: "WHERE", meaning: "ntfy:TOPIC, fcm-topic:NAME or fcm-device:TOKEN"),
      json,
    ], words: 1...2
  ) { arguments, context in
    let verb = arguments.words[0]
    guard ["list", "add", "set", "show"].contains(verb) else {
      throw UsageError(command: "business", "knows list, add, set and show")
    }
    guard (verb == "list") == (arguments.words.count == 1) else {
      throw UsageError(command: "business", "list stands alone; add, set and show take an ID")
    }
    guard let id = arguments.words.dropFirst().first else {
      let all = try await reading(context) { try await $0.ledger.businesses() }
      context.print(
        arguments.has("json")
          ? JSON.array(all.map(\.json)).text
          : Table.text(
            ["business", "name", "agents", "catalogue", "slots", "levels", "time zone"],
            all.map(\.columns)))
      return ExitStatus.fine
    }
    let shown = try await reading(context) { installation -> Business in
      let known = try await installation.ledger.business(id)
      switch verb {
      case "show":
        guard let known else { throw NotFound(description: "there is no business '\(id)'") }
        return known
      case "set":
        guard var known else { throw NotFound(description: "there is no business '\(id)'") }
        try known.take(arguments)
        try await installation.ledger.requireTimeZone(arguments.text("time-zone"))
        try await installation.ledger.write(known)
        try await installation.ledger.takeDestinations(arguments, of: id)
        return known
      default:
        guard known == nil else {
          throw UsageError(command: "business", "'\(id)' is there already; use: business set \(id)")
        }
        guard id.isShopName else {
          throw UsageError(
            command: "business", "an id has lower-case letters, digits, - and _, at most 40")
        }
        var business = Business(
          id: id, name: arguments.text("name") ?? id, currency: "CAD", isBookingEnabled: true,
          hasCatalogue: true)
        try business.take(arguments)
        try await installation.ledger.requireTimeZone(arguments.text("time-zone"))
        try await installation.ledger.write(business)
        try await installation.ledger.takeDestinations(arguments, of: id)
        return business
      }
    }
    context.print(arguments.has("json") ? shown.json.text : shown.json.pretty)
    if shown.levels.takesCourier, context.settings.courierCommand == nil {
      context.printError(
        "there is no QUAYSIDE_COURIER_COMMAND: agents cannot book what takes a yes of level 2")
    }
    return ExitStatus.fine
  }
}

extension Business {
  fileprivate var columns: [String] {
    [
      id, name, isBookingEnabled ? "on" : "off", hasCatalogue ? "on" : "off",
      requiresSlot ? "on" : "off", levels.text, timeZone,
    ]
  }

  fileprivate mutating func take(_ arguments: Arguments) throws(UsageError) {
    if let text = arguments.text("name") { name = text }
    if let text = arguments.text("currency") {
      guard text.utf8.count == 3, text.utf8.allSatisfy({ (65...90).contains($0) }) else {
        throw UsageError(command: "business", "--currency takes three capital letters, like CAD")
      }
      currency = text
    }
    if let text = arguments.text("time-zone") { timeZone = text }
    if let flag = try arguments.flag("agents") { isBookingEnabled = flag }
    if let flag = try arguments.flag("catalogue") { hasCatalogue = flag }
    if let flag = try arguments.flag("slots") { requiresSlot = flag }
    if let flag = try arguments.flag("sheets") { syncsSheet = flag }
    if let flag = try arguments.flag("push") { pushes = flag }
    if let text = arguments.text("levels") {
      guard let rule = LevelRule(text: text) else {
        throw UsageError(command: "business", "--levels takes AMOUNT:LEVEL, like 0:1,100:2")
      }
      levels = rule
    }
    confirmationLife = try arguments.life("confirmation-life", confirmationLife, days: 7)
    draftLife = try arguments.life("draft-life", draftLife, days: 30)
    limits.lineQuantityMax = try arguments.limit("line-max", limits.lineQuantityMax)
    limits.orderQuantityMax = try arguments.limit("order-max", limits.orderQuantityMax)
    limits.ordersPerHourMax = try arguments.limit("hour-max", limits.ordersPerHourMax)
    if let text = arguments.text("value-max") {
      guard let amount = Amount.hundredths(text), amount >= 0 else {
        throw UsageError(command: "business", "--value-max takes an amount, like 1000.00")
      }
      limits.orderValueMax = amount == 0 ? nil : amount
    }
  }
}

extension Ledger {
  /// - Throws: `UsageError` where one is given that the database does not know.
  fileprivate func requireTimeZone(_ name: String?) async throws {
    guard let name, try await !knowsTimeZone(name) else { return }
    throw UsageError(
      command: "business",
      "nobody knows the time zone '\(name)'; --time-zone takes a name like America/Toronto")
  }
}

extension Arguments {
  fileprivate func flag(_ name: String) throws(UsageError) -> Bool? {
    switch text(name) {
    case nil: return nil
    case "on": return true
    case "off": return false
    default: throw UsageError(command: "business", "--\(name) takes on or off")
    }
  }

  fileprivate func life(
    _ name: String, _ present: Duration, days: Int
  ) throws(UsageError) -> Duration {
    guard let text = text(name) else { return present }
    guard let value = Duration(text: text), value == .seconds(value.components.seconds),
      value >= .seconds(1), value <= .days(days)
    else {
      throw UsageError(
        command: "business", "--\(name) takes a time like 90s, 15m or 24h, at most \(days)d")
    }
    return value
  }

  fileprivate func limit(_ name: String, _ present: Int?) throws(UsageError) -> Int? {
    guard text(name) != nil else { return present }
    let value = try int(name, or: 0, in: 0...1_000_000_000)
    return value == 0 ? nil : value
  }
}

extension String {
  fileprivate var isShopName: Bool {
    guard let first = utf8.first, first != 45, first != 95, utf8.count <= 40 else { return false }
    return utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95
    }
  }
}
