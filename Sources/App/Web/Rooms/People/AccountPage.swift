import Kit
import People

/// One's own account.
struct AccountPage: Sendable {
  let visit: Visit

  func markup() -> Markup {
    Tag.h1 { "Your account" }
      + Tag.div(.class("two")) {
        Parts.section("you", "You") {
          Parts.facts([
            ("Name", Markup(visit.session.fullName)),
            ("You sign in as", Markup(visit.session.name)),
            (
              "Role",
              Markup(visit.session.role.words) + Tag.small { visit.session.role.explanation }
            ),
          ])
        }
        Parts.section("password-change", "New password") {
          visit.form(to: Path.account.segment("password"), .class("fields")) {
            field("present", "Present password", "current-password")
            field("password", "New password", "new-password")
            Tag.p(.class("hint")) {
              "At least \(SignInRules.passwordCharactersMin) characters. A few words are fine."
            }
            Tag.button(.type("submit"), .class("main")) { "Change" }
          }
        }
      }
  }

  private func field(_ id: String, _ label: String, _ kind: StaticString) -> Markup {
    Tag.div(.class("field")) {
      Tag.label(.for(id)) { label }
      Tag.input(.type("password"), .id(id), .name(id), .autocomplete(kind), .required)
    }
  }
}
