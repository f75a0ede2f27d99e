import Conversations
import Kit
import Ledger
import Orders
import People

/// The order and the notes beside a conversation.
struct ThreadAside: Sendable {
  let view: ThreadView

  private var visit: Visit { view.visit }
  private var thread: ThreadSummary { view.page.thread }

  func markup() -> Markup {
    Parts.section("order-beside", "Order") { order }
      + Parts.section(
        "notes", "Notes", note: "Only we see them"
      ) {
        notes
      }
  }

  @MarkupBuilder private var order: Markup {
    if let story = view.story {
      let order = story.row
      Parts.facts([
        ("Order", Parts.orderLink(order.orderID)),
        ("Status", order.state.badge),
        ("Needs", order.trouble.map { need in Tag.span(.class("why")) { need } }),
        ("Total", order.price.map { Markup($0) }),
        ("Placed", story.detail.placedAt.map(visit.moments.pair)),
        ("Ship by", order.shipBy.map(visit.moments.pair)),
        ("Tracking", story.parcel?.trackingPIN.map { pin in Tag.code { pin } }),
      ])
      Tag.ul(.class("ordered-items")) {
        for line in story.lines {
          Tag.li {
            "\(line.quantity.map { "\($0) × " } ?? "")\(line.title ?? line.sku ?? line.orderLineID)"
          }
        }
      }
    } else if let id = thread.orderID {
      Parts.empty("Order \(id)", "We have not seen this order yet; it is matched when it comes.")
    } else {
      Parts.empty("No order", "This conversation is not about an order.")
    }
  }

  @MarkupBuilder private var notes: Markup {
    if !view.page.notes.isEmpty {
      Tag.ul(.class("our-notes")) {
        for note in view.page.notes {
          Tag.li {
            Tag.p(.class("message-text")) { visit.can(.readPersonalData) ? note.body : Mask.text }
            Tag.small {
              note.author + ", "
              visit.moments.distanceMarkup(note.at)
            }
          }
        }
      }
    }
    if visit.can(.answerCustomers) {
      visit.form(to: Path.thread(thread.id).segment("note"), .class("fields")) {
        visit.formKey
        Tag.label(.for("note"), .class("unseen")) { "A note for us" }
        Tag.textarea(
          .id("note"), .name("note"), .rows(2), .required,
          .maxLength(ConversationNote.charactersMax), .placeholder("A note for us")
        ) {}
        Tag.button(.type("submit")) { "Add note" }
      }
    }
  }
}
