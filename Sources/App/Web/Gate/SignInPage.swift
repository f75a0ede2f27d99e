import Kit
import People

/// The way in; on the very first visit, where the owner introduces themselves.
struct SignInPage: Sendable {
  var isFirst: Bool
  var name = ""
  var fullName = ""
  /// Where to go on.
  var then = ""
  var problem: String?

  func markup(_ shell: Shell, formToken: String) -> Markup {
    shell.page(
      isFirst ? "Welcome" : "Sign in", in: nil, session: nil,
      Tag.section(.class("door"), .labelledBy("door")) {
        Tag.h1(.id("door")) { isFirst ? "Welcome to Quayside" : "Sign in" }
        if isFirst {
          Tag.p(.class("lead")) {
            "Nobody has an account yet. Make yours: it owns this house, and invites everybody else."
          }
        }
        if let problem {
          Tag.p(.class("flash bad"), .role("alert"), .id("problem")) { problem }
        }
        Tag.form(.post, .action(.signIn), [.class("fields")]) {
          Tag.input(.type("hidden"), .name(Gate.tokenField), .value(formToken))
          if isFirst {
            Tag.input(.type("hidden"), .name("first"), .value("1"))
            field("full_name", "Your name", value: fullName, .autocomplete("name"))
          } else {
            Tag.input(.type("hidden"), .name("then"), .value(then))
          }
          field(
            "name", isFirst ? "Name to sign in with" : "Name", value: name,
            .autocomplete("username"))
          password("password", "Password", isFirst ? "new-password" : "current-password")
          if isFirst {
            Tag.p(.class("hint"), .id("rule")) {
              "At least \(SignInRules.passwordCharactersMin) characters. A few words are fine."
            }
            password("again", "Password once more", "new-password")
          }
          Tag.button(.type("submit"), .class("main")) {
            isFirst ? "Make my account" : "Sign in"
          }
        }
      })
  }

  private func field(
    _ id: String, _ label: String, value: String, _ autocomplete: Attribute
  ) -> Markup {
    Tag.div(.class("field")) {
      Tag.label(.for(id)) { label }
      Tag.input(
        .type("text"), .id(id), .name(id), .value(value), autocomplete, .required, .maxLength(80),
        .noSpellcheck)
    }
  }

  private func password(_ id: String, _ label: String, _ kind: StaticString) -> Markup {
    Tag.div(.class("field")) {
      Tag.label(.for(id)) { label }
      Tag.input(
        .type("password"), .id(id), .name(id), .autocomplete(kind), .required,
        isFirst && id == "password" ? .describedBy("rule") : nil)
    }
  }
}
