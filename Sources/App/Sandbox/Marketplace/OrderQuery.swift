import HTTP
import Kit

/// The parameters of OR11 that matter, parsed and checked.
struct OrderQuery: Sendable {
  /// Ids a list may name, and orders a page may hold.
  static let most = 100

  var orderIDs: [String]?
  /// The bits of the states that are asked for.
  var states: UInt16?
  var createdFrom: Timestamp?
  var createdTo: Timestamp?
  var updatedFrom: Timestamp?
  var updatedTo: Timestamp?
  var max = 10
  var offset = 0
  var paginates = true
  var descending = false
  var debited: Bool?
  var workflow: String?
  var hasIncident: Bool?
  var channels: Set<String>?
  var onlyNullChannel = false
  /// The query names a list that no order of this world can be in.
  var matchesNothing = false

  /// A parameter that is wrong.
  struct Problem: Error {
    let field: String
    let message: String
  }

  init(_ query: [(String, String)], overlap: Duration) throws(Problem) {
    for (name, value) in query { try read(name, value) }
    if let from = updatedFrom { updatedFrom = from - overlap }
  }

  private mutating func read(_ name: String, _ value: String) throws(Problem) {
    switch name {
    case "order_ids": if orderIDs == nil { orderIDs = try Self.list(name, value) }
    case "order_state_codes": states = try Self.states(name, value)
    case "start_date": createdFrom = try Self.date(name, value)
    case "end_date": createdTo = try Self.date(name, value)
    case "start_update_date": updatedFrom = try Self.date(name, value)
    case "end_update_date": updatedTo = try Self.date(name, value)
    case "max": max = try Self.number(name, value, 1...Self.most)
    case "offset": offset = try Self.number(name, value, 0...Int(Int32.max))
    case "paginate": paginates = try Self.flag(name, value)
    case "order": descending = try Self.choice(name, value, ["asc", "desc"]) == "desc"
    case "sort": _ = try Self.choice(name, value, ["dateCreated"])
    case "customer_debited": debited = try Self.flag(name, value)
    case "payment_workflow": workflow = value
    case "has_incident": hasIncident = try Self.flag(name, value)
    case "channel_codes": channels = Set(try Self.list(name, value))
    case "only_null_channel": onlyNullChannel = try Self.flag(name, value)
    case "fulfillment_center_code": if value != "DEFAULT" { matchesNothing = true }
    case "order_references_for_customer", "order_references_for_seller", "commercial_ids":
      _ = try Self.list(name, value)
      if name != "commercial_ids" { matchesNothing = true }
    default: break
    }
  }

  private static func list(_ name: String, _ value: String) throws(Problem) -> [String] {
    let items = value.split(separator: ",").map(String.init)
    if items.count > most {
      throw Problem(field: name, message: "at most \(most) values are allowed")
    }
    return items
  }

  private static func states(_ name: String, _ value: String) throws(Problem) -> UInt16 {
    var states: UInt16 = 0
    for item in value.split(separator: ",") {
      guard let state = MarketState(rawValue: String(item)) else {
        throw Problem(field: name, message: "unknown order state '\(item)'")
      }
      states |= state.bit
    }
    return states
  }

  private static func date(_ name: String, _ value: String) throws(Problem) -> Timestamp {
    guard let time = Timestamp(iso8601: value) else {
      throw Problem(field: name, message: "'\(value)' is not a date")
    }
    return time
  }

  private static func number(
    _ name: String, _ value: String, _ range: ClosedRange<Int>
  ) throws(Problem) -> Int {
    guard let number = Int(value), range.contains(number) else {
      let bounds = "\(range.lowerBound) and \(range.upperBound)"
      throw Problem(field: name, message: "must be between \(bounds)")
    }
    return number
  }

  private static func flag(_ name: String, _ value: String) throws(Problem) -> Bool {
    try choice(name, value, ["true", "false"]) == "true"
  }

  private static func choice(
    _ name: String, _ value: String, _ choices: [String]
  ) throws(Problem) -> String {
    let text = value.lowercased()
    for choice in choices where choice.lowercased() == text { return choice }
    throw Problem(field: name, message: "must be one of \(choices.joined(separator: ", "))")
  }
}
