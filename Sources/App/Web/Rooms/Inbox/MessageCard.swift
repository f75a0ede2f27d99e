import Conversations
import Effects
import Kit
import Ledger
import People

/// One message of a conversation.
struct MessageCard: Sendable {
  let visit: Visit
  let thread: ThreadSummary

  func markup(_ message: MessageView) -> Markup {
    Tag.li(
      .class("message", "from-\(message.sender.rawValue)"), .id("message-\(message.id)"),
      // By which a browser knows that what it sent was taken.
      message.formKey.map { Attribute.data("key", $0) }
    ) {
      Tag.div(.class("message-head")) {
        Tag.strong { who(message) }
        if message.type == .autoReply { Parts.badge("Automatic", .busy) }
        if message.recipients.contains(ThreadParticipant.operator) {
          Parts.badge("To the marketplace too", .off)
        }
        state(message)
        visit.moments.markup(message.at)
      }
      if visit.can(.readPersonalData) {
        Tag.div(.class("message-text")) { message.text.isEmpty ? "(no text)" : message.text }
        if !message.files.isEmpty { files(message.files) }
      } else {
        Tag.div(.class("message-text", "none")) { Mask.text }
      }
      if message.effectState == .needsPerson || message.effectState == .refused {
        decide(message)
      }
    }
  }

  private func who(_ message: MessageView) -> String {
    switch message.sender {
    case .customer: visit.customer(message.senderName ?? thread.customerName)
    case .technician: message.actor ?? message.senderName ?? "One of us"
    case .operator: message.senderName ?? "The marketplace"
    }
  }

  /// Of what was written here; nothing is called sent that was not read back.
  @MarkupBuilder private func state(_ message: MessageView) -> Markup {
    if message.isDiscarded {
      Parts.badge("Discarded", .off)
    } else if message.isShown, message.effectID != nil {
      Parts.badge("Sent and read back", .good)
    } else if let state = message.effectState {
      Tag.span(.title(message.outcome ?? state.explanation)) {
        Parts.badge(state == .planned ? "On its way" : state.words, state.tone)
      }
    }
  }

  private func files(_ files: [MessageView.File]) -> Markup {
    Tag.ul(.class("files")) {
      for file in files {
        Tag.li {
          switch file.state {
          case .stored:
            Tag.a(.href(Path("/inbox/files").segment(String(file.id))), .download) { file.name }
            Tag.small { size(file.bytes) }
          case .listed:
            Tag.span { file.name }
            Tag.small { file.problem ?? "being fetched" }
          case .refused:
            Tag.span { file.name }
            Tag.small(.class("why")) { file.problem ?? "cannot be fetched" }
          }
        }
      }
    }
  }

  private func size(_ bytes: Int) -> String {
    bytes < 1 << 20 ? "\(max(1, bytes >> 10)) KB" : "\((bytes * 10) >> 20 / 10) MB"
  }

  private func decide(_ message: MessageView) -> Markup {
    Tag.div(.class("decide")) {
      Tag.p(.class("why")) { message.outcome ?? "Nobody knows whether it was sent." }
      if visit.can(.answerCustomers) {
        button(message, "retry", "Try again", "main")
        button(message, "discard", "Discard", "danger")
      }
    }
  }

  private func button(
    _ message: MessageView, _ verb: String, _ words: String, _ kind: String
  ) -> Markup {
    visit.form(
      to: Path("/inbox/messages").segment(String(message.id)).segment(verb), .class("one-button")
    ) {
      Tag.input(.type("hidden"), .name("thread"), .value(String(thread.id)))
      Tag.button(.type("submit"), .class(kind)) { words }
    }
  }
}
