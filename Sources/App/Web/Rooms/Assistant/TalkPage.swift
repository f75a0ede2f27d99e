/// A customer's conversation with an assistant. What a model says looks like what it is; the question
/// that books, and what is booked, are the server's.
struct TalkPage: Sendable {
  let visit: Visit
  let talk: TalkState

  static let wordsMax = 2_000

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Order by chat" }
      visit.button("Begin anew", to: Path.talkAnew)
    }
      + Parts.section("talk", "The conversation", note: talk.standing) {
        if talk.lines.isEmpty {
          Parts.empty("Say what you would like", "For example: two green teas, please.")
        } else {
          Tag.ol(.class("talk"), .live("polite")) { for line in talk.lines { said(line) } }
        }
        answering
      }
  }

  private func said(_ line: TalkLine) -> Markup {
    Tag.li(.class("talk-\(line.speaker.rawValue)")) {
      Tag.span(.class("talk-who")) { who(line.speaker) }
      for part in line.text.split(separator: "\n") { Tag.p { String(part) } }
    }
  }

  private func who(_ speaker: TalkLine.Speaker) -> String {
    switch speaker {
    case .customer: "You"
    case .assistant: "Assistant (a model)"
    case .question: "The shop asks"
    case .server: "The shop"
    }
  }

  @MarkupBuilder private var answering: Markup {
    if talk.isAsking {
      Tag.div(.class("talk-choice")) {
        choice("Yes, book it", "YES", .main)
        choice("No", "NO", .plain)
      }
    }
    visit.form(to: .talk, .class("talk-form")) {
      Tag.label(.for("words"), .class("unseen")) { "What you say" }
      Tag.input(
        .id("words"), .name("words"), .type("text"), .required, .autofocus, .noAutocomplete,
        .maxLength(Self.wordsMax), .placeholder("Say something"))
      Tag.button(.type("submit")) { "Send" }
    }
  }

  private func choice(_ label: String, _ words: String, _ kind: ButtonKind) -> Markup {
    visit.form(to: .talk, .class("one-button")) {
      Tag.input(.type("hidden"), .name("words"), .value(words))
      Tag.button(.type("submit"), .class(kind.rawValue)) { label }
    }
  }
}

extension Path {
  static let talk = Path("/chat")
  static let talkAnew = Path("/chat/anew")
}
