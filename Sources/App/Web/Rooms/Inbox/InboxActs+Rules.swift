import Conversations
import CustomerService
import HTTP
import Kit
import Ledger
import Orders

extension InboxActs {
  static func saveRule(_ visit: Visit) async throws -> HTTPResponse {
    let id = visit["rule"] == "new" ? nil : try visit.number("rule", "rule")
    var conditions = RuleConditions()
    conditions.topics = words(visit.form["topics"])
    conditions.orderStatuses = words(visit.form["order_statuses"])
    let known = Set(OrderStatus.allCases.map(\.rawValue) + [RuleConditions.noOrder])
    if let stranger = conditions.orderStatuses.first(where: { !known.contains($0) }) {
      throw PageProblem.unclear("No order is ever “\(stranger)”.")
    }
    conditions.languages = words(visit.form["languages"]).compactMap(
      MessageLanguage.init(rawValue:))
    conditions.hours =
      visit.form["hours"].flatMap(RuleConditions.Hours.init(rawValue:)) ?? .anytime
    conditions.openingHours = visit.form["opening_hours"] ?? ""
    conditions.oldAfter = .hours(
      try visit.form.int("old_after", "The age of an old order", in: 1...2_000))
    let draft = RuleDraft(
      id: id, name: try visit.form.text("name", "The name", max: 80),
      position: try visit.form.int("position", "The number", in: 0...10_000),
      templateID: Int64(try visit.form.int("template_id", "The template", in: 1...Int.max)),
      conditions: conditions, timeZone: visit.form["time_zone"] ?? "",
      delay: .minutes(try visit.form.int("delay", "The delay", in: 0...1_440)))
    do {
      let saved = try await visit.customers.save(draft, by: visit.actor)
      return try await visit.done(.rule(saved), "Saved. Try it; then it can be armed.")
    } catch let refusal as ReplyRefusal {
      throw PageProblem.unclear(refusal.description)
    }
  }

  private static func words(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").compactMap { Text.trimmed(String($0)) }
  }

  static func armRule(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("rule", "rule")
    do {
      try await visit.customers.arm(
        rule: id, version: try visit.form.int("version", "The version", in: 1...1_000_000),
        by: visit.actor)
    } catch let refusal as ReplyRefusal {
      throw PageProblem.refused(refusal.description)
    }
    return try await visit.done(.rule(id), "Armed: it answers what customers write from now on.")
  }

  static func disarmRule(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("rule", "rule")
    try await visit.customers.disarm(rule: id, by: visit.actor)
    return try await visit.done(.rule(id), "Off. What was waiting is cancelled.", .calm)
  }
}
