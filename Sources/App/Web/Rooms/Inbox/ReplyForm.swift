import Conversations
import Kit
import Ledger

/// Where an answer is written. It carries the newest message that its page showed: what is newer when
/// it is sent is shown first.
struct ReplyForm: Sendable {
  let view: ThreadView

  private var visit: Visit { view.visit }
  private var thread: ThreadSummary { view.page.thread }
  private var hasCustomer: Bool {
    thread.participants.isEmpty
      || thread.participants.contains { $0.type == ThreadParticipant.customer }
  }
  private var hasOperator: Bool {
    thread.participants.contains { $0.type == ThreadParticipant.operator }
  }

  func markup() -> Markup {
    Tag.section(.class("panel", "reply"), .labelledBy("reply-head")) {
      Tag.div(.class("panel-head")) {
        Tag.h2(.id("reply-head")) { "Answer" }
        Tag.p(.class("note"), .id("presence"), .live("polite")) { others }
      }
      visit.form(
        to: Path.thread(thread.id).segment("reply"), .multipart, .id("reply"), .class("reply-form")
      ) {
        Tag.input(.type("hidden"), .name("last"), .value(String(view.page.newestMessage)))
        visit.formKey
        Tag.input(.type("hidden"), .name("template_name"), .value(""))
        pickers
        Tag.div(.class("field")) {
          Tag.label(.for("body"), .class("unseen")) { "Your answer" }
          Tag.textarea(
            .id("body"), .name("body"), .rows(8), .required, .minLength(ReplyText.charactersMin),
            .maxLength(ReplyText.charactersMax), .placeholder("Write to \(view.name)…")
          ) { view.draft }
        }
        Tag.div(.class("reply-foot")) {
          Tag.label(.class("attach")) {
            Tag.span { "Files" }
            Tag.input(
              .type("file"), .name("files"), .multiple,
              .data("bytes-max", String(AttachmentRules.bytesMax)),
              .data("sum-bytes-max", String(AttachmentRules.sumBytesMax)))
          }
          Tag.button(.type("submit"), .class("main")) {
            view.newer.isEmpty ? "Send" : "Send anyway"
          }
        }
        Tag.p(.class("hint"), .id("reply-hint"), .live("polite")) {
          "Ctrl and Enter sends. What you write stays in this browser until it is sent."
        }
      }
    }
  }

  private var others: String {
    let names = thread.viewers.filter { $0 != visit.session.fullName }
    return names.isEmpty ? "" : names.joined(separator: ", ") + " also here"
  }

  private var pickers: Markup {
    Tag.div(.class("pickers")) {
      Tag.div(.class("field")) {
        Tag.label(.for("to")) { "To" }
        Tag.select(.id("to"), .name("to")) {
          if hasCustomer {
            option("customer", "The customer")
          }
          if hasCustomer, hasOperator { option("both", "The customer and the marketplace") }
          if hasOperator { option("operator", "The marketplace only") }
        }
      }
      Tag.div(.class("field")) {
        Tag.label(.for("template")) { "Template" }
        Tag.select(.id("template")) {
          Tag.option(.value("")) { "None" }
          for template in view.templates {
            Tag.option(.value(template.name)) { template.name }
          }
        }
      }
      Tag.div(.class("field")) {
        Tag.label(.for("language")) { "Language" }
        Tag.select(.id("language")) {
          for language in MessageLanguage.allCases {
            Tag.option(.value(language.rawValue), .selected(language == thread.language)) {
              language.words
            }
          }
        }
      }
    }
  }

  private func option(_ value: String, _ words: String) -> Markup {
    Tag.option(.value(value), .selected(view.recipient == value)) { words }
  }
}

extension MessageLanguage {
  var words: String {
    switch self {
    case .english: "English"
    case .french: "French"
    }
  }
}
