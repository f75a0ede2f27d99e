import Kit
import Ledger
import People

/// Who may come in, and as what.
struct PeoplePage: Sendable {
  let visit: Visit
  let people: [PersonSummary]

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "People" }
      Tag.a(.class("button"), .href(.audit)) { "Audit trail" }
    }
      + Parts.section(
        "accounts", "Accounts", note: Words.count(people.count, "account", "accounts")
      ) { table }
      + Parts.section("add", "Add somebody") { adding }
  }

  private var table: Markup {
    Table<PersonSummary>(
      caption: "Accounts", kind: "people",
      columns: [
        .init("Name") { person in
          Tag.strong { person.fullName } + Tag.small { person.name }
        },
        .init("Role") { person in
          person.disabledAt == nil ? role(person) : Parts.badge("Disabled", .off)
        },
        .init("Last seen") { person in
          person.seenAt.map(visit.moments.distanceMarkup) ?? Markup("not signed in")
        },
        .init("") { actions($0) },
      ]
    ).markup(people)
  }

  private func role(_ person: PersonSummary) -> Markup {
    visit.form(to: path(person, "role"), .class("inline")) {
      Tag.label(.for("role-\(person.personID)"), .class("unseen")) { "Role of \(person.fullName)" }
      roles(id: "role-\(person.personID)", chosen: person.role)
      Tag.button(.type("submit")) { "Change" }
    }
  }

  private func roles(id: String, chosen: Role) -> Markup {
    Tag.select(.id(id), .name("role")) {
      for role in Role.allCases {
        Tag.option(.value(role.rawValue), .selected(role == chosen)) { role.words }
      }
    }
  }

  @MarkupBuilder private func actions(_ person: PersonSummary) -> Markup {
    if person.disabledAt != nil {
      visit.button("Let in again", to: path(person, "enable"))
    } else {
      Tag.details(.class("fold")) {
        Tag.summary { "More" }
        visit.form(to: path(person, "password"), .class("fields")) {
          Tag.div(.class("field")) {
            Tag.label(.for("password-\(person.personID)")) { "New password" }
            Tag.input(
              .type("password"), .id("password-\(person.personID)"), .name("password"),
              .autocomplete("new-password"), .required)
          }
          Tag.button(.type("submit")) { "Set password" }
        }
        if person.name != visit.session.name {
          visit.button("Disable \(person.fullName)", to: path(person, "disable"), .danger)
        }
      }
    }
  }

  private var adding: Markup {
    visit.form(to: .people, .class("fields wide")) {
      field("full_name", "Full name", "text")
      field("name", "Name to sign in with", "text")
      field("password", "First password", "password")
      Tag.div(.class("field")) {
        Tag.label(.for("role")) { "Role" }
        roles(id: "role", chosen: .packer)
      }
      Tag.button(.type("submit"), .class("main")) { "Add" }
      Tag.ul(.class("hint")) {
        for role in Role.allCases {
          Tag.li {
            Tag.strong { role.words }
            ": \(role.explanation)."
          }
        }
      }
    }
  }

  private func field(_ id: String, _ label: String, _ type: String) -> Markup {
    Tag.div(.class("field")) {
      Tag.label(.for(id)) { label }
      Tag.input(
        .type(type), .id(id), .name(id), .required, .noSpellcheck,
        .autocomplete(type == "password" ? "new-password" : "off"))
    }
  }

  private func path(_ person: PersonSummary, _ act: String) -> Path {
    Path.people.segment(person.name).segment(act)
  }
}
