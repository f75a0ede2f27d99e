import Conversations
import Kit
import Ledger
import People

/// All rules that answer by themselves, armed or not.
struct RulesPage: Sendable {
  let visit: Visit
  let rules: [StoredRule]

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.inbox)) { "Inbox" } }
        Tag.h1 { "Automatic answers" }
        Tag.p(.class("lead")) {
          "A rule is off until somebody has tried it on the last 30 days and armed it. The first rule "
          "that fits a message decides."
        }
      }
      if visit.can(.answerCustomers) {
        Tag.a(.class("button"), .href(.inboxRules.segment("new"))) { "New rule" }
      }
    }
      + Tag.section(.class("panel"), .label("Rules")) {
        if rules.isEmpty {
          Parts.empty("No rules", "Nothing answers by itself.")
        } else {
          table.markup(rules)
        }
      }
      + Parts.section("always", "What no rule can change") {
        Tag.ul(.class("guards")) {
          for text in Self.guards { Tag.li { text } }
        }
      }
  }

  private var table: Table<StoredRule> {
    Table(
      caption: "Rules, in the order in which they are asked", kind: "rules",
      columns: [
        .init("Rule") { rule in
          Tag.a(.href(.rule(rule.id))) { rule.name }
        },
        .init("State") { rule in
          rule.isArmed
            ? Parts.badge("Armed", .good)
              + Tag.small { "by \(rule.armedBy ?? "?")" }
            : Parts.badge("Off", .off)
              + Tag.small { rule.triedVersion == rule.version ? "tried" : "not tried yet" }
        },
        .init("Answers with") { Markup($0.templateName) },
        .init("After") { Markup(RuleWords.duration($0.delay)) },
        .init("When") { Markup(RuleWords.conditions($0.conditions)) },
      ])
  }

  private static let guards = [
    "The marketplace’s own people and other machines are never answered.",
    "One automatic answer a conversation in 24 hours.",
    "A person who answers, reads or archives first cancels it.",
    "An order that is late is raised to a person, and never answered by a rule.",
    "A text with an open variable is never sent; it becomes a person’s task.",
  ]
}

/// Rules in words.
enum RuleWords {
  static func duration(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    switch seconds {
    case 0: return "at once"
    case ..<120: return "\(seconds) s"
    case ..<7_200: return "\(seconds / 60) min"
    default: return "\(seconds / 3_600) h"
    }
  }

  static func conditions(_ conditions: RuleConditions) -> String {
    var words: [String] = []
    if !conditions.topics.isEmpty {
      words.append("topic has " + conditions.topics.joined(separator: ", "))
    }
    if !conditions.orderStatuses.isEmpty {
      words.append("order is " + conditions.orderStatuses.joined(separator: " or "))
    }
    if !conditions.languages.isEmpty {
      words.append("in " + conditions.languages.map(\.words).joined(separator: " or "))
    }
    switch conditions.hours {
    case .anytime: break
    case .open: words.append("during " + conditions.openingHours)
    case .closed: words.append("outside " + conditions.openingHours)
    }
    return words.isEmpty ? "every new message" : words.joined(separator: "; ")
  }
}
