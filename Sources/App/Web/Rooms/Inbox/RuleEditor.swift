import Conversations
import Kit
import Ledger
import Orders

/// The form of a rule.
struct RuleEditor: Sendable {
  let visit: Visit
  let rule: StoredRule?
  let templates: [StoredTemplate]

  private var conditions: RuleConditions { rule?.conditions ?? RuleConditions() }

  func markup() -> Markup {
    visit.form(
      to: .inboxRules.segment(rule.map { String($0.id) } ?? "new"), .class("fields", "wide")
    ) {
      text("name", "Name", rule?.name ?? "", .required, .maxLength(80))
      select(
        "template_id", "Answers with", templates.map { (String($0.id), $0.name) },
        chosen: [rule.map { String($0.templateID) } ?? ""])
      text(
        "delay", "After (minutes)", String((rule?.delay ?? .minutes(5)).components.seconds / 60),
        .required, .inputMode("numeric"))
      text(
        "position", "Asked as number", String(rule?.position ?? 50), .required,
        .inputMode("numeric"))
      text("topics", "Topic has one of (commas)", conditions.topics.joined(separator: ", "))
      text(
        "order_statuses", "Order is one of (commas)",
        conditions.orderStatuses.joined(separator: ", "), .list("statuses"))
      select(
        "languages", "Language",
        [("", "Any")] + MessageLanguage.allCases.map { ($0.rawValue, $0.words) },
        chosen: conditions.languages.count == 1 ? [conditions.languages[0].rawValue] : [""])
      select(
        "hours", "Hours",
        [
          ("anytime", "Any time"), ("open", "While we are open"), ("closed", "While we are closed"),
        ],
        chosen: [conditions.hours.rawValue])
      text("opening_hours", "We are open", conditions.openingHours)
      text("time_zone", "In the time zone", rule?.timeZone ?? "America/Toronto")
      text(
        "old_after", "An order is old after (hours)",
        String(conditions.oldAfter.components.seconds / 3_600), .required, .inputMode("numeric"))
      Tag.datalist(.id("statuses")) {
        for status in OrderStatus.allCases { Tag.option(.value(status.rawValue)) {} }
        Tag.option(.value(RuleConditions.noOrder)) {}
      }
      Tag.p(.class("hint")) {
        "Saving makes a new version, which is off until it was tried and armed."
      }
      Tag.button(.type("submit"), .class("main")) { "Save" }
    }
  }

  private func text(
    _ name: String, _ label: String, _ value: String, _ more: Attribute...
  ) -> Markup {
    Tag.div(.class("field")) {
      Tag.label(.for(name)) { label }
      Tag.input(
        .type("text"), .id(name),
        [.name(name), .value(value), .noAutocomplete] + more
      ) {}
    }
  }

  private func select(
    _ name: String, _ label: String, _ options: [(String, String)], chosen: [String]
  ) -> Markup {
    Tag.div(.class("field")) {
      Tag.label(.for(name)) { label }
      Tag.select(.id(name), .name(name)) {
        for (value, words) in options {
          Tag.option(.value(value), .selected(chosen.contains(value))) { words }
        }
      }
    }
  }
}
