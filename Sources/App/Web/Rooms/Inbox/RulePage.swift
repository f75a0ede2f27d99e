import Conversations
import CustomerService
import Kit
import Ledger
import People

/// One rule: what it says, what it would have done, what it did.
struct RulePage: Sendable {
  let visit: Visit
  /// `nil` for a new one.
  let rule: StoredRule?
  let templates: [StoredTemplate]
  let firings: [FiringView]
  let run: DryRun?

  var name: String { rule?.name ?? "New rule" }

  init(_ visit: Visit, tries: Bool = false) async throws {
    self.visit = visit
    templates = try await visit.ledger.templates()
    guard visit["rule"] != "new" else {
      rule = nil
      firings = []
      run = nil
      return
    }
    let id = try visit.number("rule", "rule")
    run = tries ? try await visit.customers.dryRun(rule: id, by: visit.actor) : nil
    guard let rule = try await visit.ledger.rules().first(where: { $0.id == id }) else {
      throw PageProblem.notFound("There is no rule \(id).")
    }
    self.rule = rule
    firings = try await visit.ledger.firings(ofRule: id)
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) {
          Tag.a(.href(.inbox)) { "Inbox" }
          " / "
          Tag.a(.href(.inboxRules)) { "Automatic answers" }
        }
        Tag.h1 { name }
      }
      if let rule, visit.can(.answerCustomers) { tools(rule) }
    }
      + (run.map(results) ?? Markup())
      + (visit.can(.answerCustomers)
        ? Parts.section("rule", "The rule", note: rule.map { "Version \($0.version)" }) {
          RuleEditor(visit: visit, rule: rule, templates: templates).markup()
        } : Markup())
      + history
  }

  private func tools(_ rule: StoredRule) -> Markup {
    Tag.div(.class("thread-tools")) {
      if rule.isArmed {
        Parts.badge("Armed", .good)
        visit.button("Disarm", to: .rule(rule.id).segment("disarm"), .danger)
      } else {
        Parts.badge("Off", .off)
      }
      visit.button("Try on the last 30 days", to: .rule(rule.id).segment("try"))
      if !rule.isArmed, rule.triedVersion == rule.version {
        visit.form(to: .rule(rule.id).segment("arm"), .class("one-button")) {
          Tag.input(.type("hidden"), .name("version"), .value(String(rule.version)))
          Tag.button(.type("submit"), .class("main")) { "Arm" }
        }
      }
    }
  }

  private func results(_ run: DryRun) -> Markup {
    Parts.section(
      "dry-run", "What it would have done", note: "In the last 30 days; nothing was sent"
    ) {
      Tag.ul(.class("tiles", "dry-tiles")) {
        tile(run.replies, "answered", .good)
        tile(run.raised, "left to a person", .warn)
        tile(run.silent, "left alone", .off)
        tile(run.others, "not for this rule", .calm)
      }
      if run.samples.isEmpty {
        Parts.empty("Nothing to show", "No message of those days is one for this rule.")
      } else {
        table.markup(run.samples)
      }
    }
  }

  private func tile(_ count: Int, _ words: String, _ tone: Tone) -> Markup {
    Tag.li {
      Tag.div(.class("tile", tone.rawValue, count == 0 ? "zero" : "")) {
        Tag.strong { Words.count(count) }
        Tag.span { words }
      }
    }
  }

  private var table: Table<DryRun.Sample> {
    Table(
      caption: "Messages and what the rule would have done", kind: "dry",
      columns: [
        .init("Written") { visit.moments.markup($0.at) },
        .init("Customer") { sample in
          Tag.a(.href(.thread(sample.conversationID))) { visit.customer(sample.customerName) }
        },
        .init("Would have") { sample in
          switch sample.judgement {
          case .reply: Parts.badge("Answered", .good)
          case .raise: Parts.badge("Raised", .warn) + Tag.small { sample.judgement.reason }
          case .silent, .doesNotMatch:
            Parts.badge("Left alone", .off) + Tag.small { sample.judgement.reason }
          }
        },
        .init("Message") { sample in
          let text = visit.can(.readPersonalData) ? sample.preview : Mask.text
          return Markup(text)
            + (sample.answer.map { answer in
              Tag.details(.class("fold")) {
                Tag.summary { "The answer" }
                Tag.div(.class("message-text")) {
                  visit.can(.readPersonalData) ? answer : Mask.text
                }
              }
            } ?? Markup())
        },
      ])
  }

  @MarkupBuilder private var history: Markup {
    if rule != nil {
      Parts.section("firings", "What it did") {
        if firings.isEmpty {
          Parts.empty("Nothing yet", "An armed rule writes down here what it made of each message.")
        } else {
          Table<FiringView>(
            caption: "Messages that this rule judged",
            columns: [
              .init("When") { visit.moments.markup($0.createdAt) },
              .init("Customer") { firing in
                Tag.a(.href(.thread(firing.conversationID))) {
                  visit.customer(firing.customerName)
                }
              },
              .init("Did") { firing in
                Parts.badge(firing.decision.words, firing.decision.tone)
                  + Tag.small { firing.reason }
              },
              .init("Message") { Markup(visit.can(.readPersonalData) ? $0.preview : Mask.text) },
            ]
          ).markup(firings)
        }
      }
    }
  }
}

extension NewFiring.Decision {
  var words: String {
    switch self {
    case .waiting: "Waits"
    case .replied: "Answered"
    case .raised: "Raised"
    case .silent: "Left alone"
    case .cancelled: "Cancelled"
    }
  }

  var tone: Tone {
    switch self {
    case .waiting: .busy
    case .replied: .good
    case .raised: .warn
    case .silent, .cancelled: .off
    }
  }
}
