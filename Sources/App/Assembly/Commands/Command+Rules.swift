import Conversations
import CustomerService
import Kit
import Ledger
import People

extension Command {
  static let rules = Command(
    name: "rules", summary: "Automatic answers: lists, tries, arms and disarms them.",
    usage: "rules [try|arm|disarm NAME]",
    details: """
      Rules are off until somebody arms them. `rules try` shows what a rule would have done in the last
      30 days and sends nothing; only the version that was tried can be armed.
      """, options: [json], words: 0...2
  ) { arguments, context in
    guard let verb = arguments.words.first else {
      let rules = try await reading(context) { try await $0.ledger.rules() }
      context.print(arguments.has("json") ? JSON.array(rules.map(\.json)).text : table(of: rules))
      return ExitStatus.fine
    }
    guard arguments.words.count == 2, ["try", "arm", "disarm"].contains(verb) else {
      throw UsageError(command: "rules", "usage: quayside rules [try|arm|disarm NAME]")
    }
    let name = arguments.words[1]
    let actor = Actor.commandLine(context.actor)
    let words = try await reading(context) { installation -> String in
      guard
        let rule = try await installation.ledger.rules().first(where: {
          $0.name == name || "\($0.id)" == name
        })
      else { throw NotFound(description: "no rule “\(name)”; `quayside rules` lists them") }
      let service = installation.customerService()
      switch verb {
      case "arm":
        try await service.arm(rule: rule.id, version: rule.version, by: actor)
        return "armed: “\(rule.name)” answers what customers write from now on"
      case "disarm":
        try await service.disarm(rule: rule.id, by: actor)
        return "disarmed: “\(rule.name)”; what was waiting is cancelled"
      default:
        guard let run = try await service.dryRun(rule: rule.id, by: actor) else {
          throw NotFound(description: "no rule “\(name)”")
        }
        return arguments.has("json") ? run.json.text : run.words
      }
    }
    context.print(words)
    return ExitStatus.fine
  }

  private static func table(of rules: [StoredRule]) -> String {
    Table.text(
      ["rule", "armed", "delay", "template", "tried"],
      rules.map {
        [
          $0.name, $0.isArmed ? "since \($0.armedAt?.short ?? "?")" : "no",
          "\($0.delay.components.seconds) s", $0.templateName,
          $0.triedVersion == $0.version ? $0.triedAt?.short ?? "yes" : "not this version",
        ]
      })
  }
}

extension DryRun {
  var words: String {
    var text = """
      “\(rule.name)”, over the last 30 days: \(messages) messages of customers, \(replies) answered, \
      \(raised) left to a person, \(silent) left alone, \(others) not for this rule.

      """
    text += Table.text(
      ["when", "conversation", "customer", "would have", "message"],
      samples.prefix(30).map {
        [
          $0.at.short, "\($0.conversationID)", $0.customerName ?? "-", $0.judgement.reason,
          $0.preview,
        ]
      })
    return text
  }

  var json: JSON {
    .object([
      ("rule", .string(rule.name)), ("version", .int(Int64(rule.version))),
      ("messages", .int(Int64(messages))), ("replies", .int(Int64(replies))),
      ("raised", .int(Int64(raised))), ("silent", .int(Int64(silent))),
      ("others", .int(Int64(others))),
      (
        "samples",
        .array(
          samples.map {
            .object([
              ("conversation", .int($0.conversationID)), ("at", .string($0.at.iso8601)),
              ("judgement", .string($0.judgement.reason)), ("answer", .optional($0.answer)),
            ])
          })
      ),
    ])
  }
}

extension StoredRule {
  var json: JSON {
    .object([
      ("id", .int(id)), ("name", .string(name)), ("armed", .bool(isArmed)),
      ("version", .int(Int64(version))), ("delay_s", .int(delay.components.seconds)),
      ("template", .string(templateName)), ("tried", .bool(triedVersion == version)),
    ])
  }
}
