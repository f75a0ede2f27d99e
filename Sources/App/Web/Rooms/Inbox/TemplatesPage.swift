import Conversations
import Kit
import Ledger
import People

/// Texts to be sent again and again.
struct TemplatesPage: Sendable {
  let visit: Visit
  let templates: [StoredTemplate]

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.inbox)) { "Inbox" } }
        Tag.h1 { "Templates" }
      }
    }
      + Tag.div(.class("thread-grid")) {
        Tag.div(.class("stack")) {
          for template in templates { panel(template) }
          if visit.can(.answerCustomers) {
            Parts.section("new-template", "A new template") { editor(nil) }
          }
        }
        Tag.aside(.class("stack")) {
          Parts.section("variables", "Variables") {
            Tag.p(.class("empty")) {
              "What nobody knows in a conversation keeps the message from being sent, unless the "
              "variable says what to write instead: "
              Tag.code { "{{customer.first_name | there}}" }
            }
            Parts.facts(
              ReplyVariable.allCases.map { variable in
                ("{{\(variable.rawValue)}}", Markup(variable.meaning))
              })
          }
        }
      }
  }

  private func panel(_ template: StoredTemplate) -> Markup {
    Parts.section(
      "template-\(template.id)", template.name,
      note: "Version \(template.version), by \(template.updatedBy)"
    ) {
      Tag.div(.class("template-texts")) {
        Tag.div(.class("message-text"), .lang("en")) { template.bodyEN }
        if let french = template.bodyFR {
          Tag.div(.class("message-text"), .lang("fr")) { french }
        }
      }
      if visit.can(.answerCustomers) {
        Tag.details(.class("fold")) {
          Tag.summary { "Change" }
          editor(template)
        }
      }
    }
  }

  private func editor(_ template: StoredTemplate?) -> Markup {
    let id = template.map { String($0.id) } ?? "new"
    return visit.form(to: .inboxTemplates, .class("fields", "wide")) {
      Tag.div(.class("field")) {
        Tag.label(.for("name-\(id)")) { "Name" }
        if let template {
          Tag.input(
            .type("text"), .id("name-\(id)"), .name("name"), .value(template.name), .readOnly)
        } else {
          Tag.input(
            .type("text"), .id("name-\(id)"), .name("name"), .required, .maxLength(80),
            .noAutocomplete)
        }
      }
      Tag.div(.class("field")) {
        Tag.label(.for("en-\(id)")) { "English" }
        Tag.textarea(.id("en-\(id)"), .name("body_en"), .rows(7), .required) {
          template?.bodyEN ?? ""
        }
      }
      Tag.div(.class("field")) {
        Tag.label(.for("fr-\(id)")) { "French" }
        Tag.textarea(.id("fr-\(id)"), .name("body_fr"), .rows(7)) { template?.bodyFR ?? "" }
      }
      Tag.button(.type("submit"), .class("main")) { "Save" }
    }
  }
}
