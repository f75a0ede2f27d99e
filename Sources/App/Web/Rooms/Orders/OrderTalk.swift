import Conversations
import CustomerService
import HTTP
import Kit
import Ledger
import Operations
import People

/// What was written about an order, and a first message to its customer.
struct OrderTalk: Sendable {
  let visit: Visit
  let order: ListedOrder
  let threads: [ThreadSummary]

  private var canWrite: Bool {
    visit.can(.answerCustomers) && visit.services.customers != nil && order.isMarketplace
  }

  @MarkupBuilder func markup() -> Markup {
    if canWrite || !threads.isEmpty {
      Parts.section("talk", "Messages") {
        if threads.isEmpty {
          Parts.empty("Nobody wrote yet", "What is written about this order shows up here.")
        } else {
          list
        }
        if canWrite { writing }
      }
    }
  }

  private var list: Markup {
    Tag.ul(.class("holders")) {
      for thread in threads {
        Tag.li {
          Tag.a(.href(.thread(thread.id))) { visit.topic(thread.topic, of: thread.id) }
          Tag.span(.class("note")) {
            Words.count(thread.messageCount, "message", "messages")
              + (thread.status == .unread ? ", unread" : "")
          }
        }
      }
    }
  }

  private var writing: Markup {
    Tag.details(.class("fold")) {
      Tag.summary(.class("button")) { "Write to the customer" }
      visit.form(to: Path.order(order.orderID).segment("message"), .class("fields")) {
        visit.formKey
        Tag.div(.class("field")) {
          Tag.label(.for("topic")) { "Topic" }
          Tag.input(
            .type("text"), .id("topic"), .name("topic"), .required,
            .maxLength(ThreadOpening.topicMax), .value("About your order \(order.orderID)"))
        }
        Tag.div(.class("field")) {
          Tag.label(.for("message")) { "Message" }
          Tag.textarea(
            .id("message"), .name("body"), .rows(6), .required,
            .minLength(ReplyText.charactersMin), .maxLength(ReplyText.charactersMax)
          ) { "" }
        }
        Tag.button(.type("submit"), .class("main")) { "Send" }
      }
    }
  }

  static func write(_ visit: Visit) async throws -> HTTPResponse {
    let topic = try visit.form.text("topic", "The topic", max: ThreadOpening.topicMax)
    do {
      let opened = try await visit.customers.write(
        about: visit["order"], topic: topic, visit.form.raw("body") ?? "",
        formKey: visit.form["key"] ?? "", by: visit.actor)
      let thread = Path.thread(opened.conversationID)
      guard opened.isNew else {
        return try await visit.done(
          thread,
          "These words were written before and are not sent twice. Here you see whether they are on "
            + "their way or wait for you.", .calm)
      }
      return try await visit.done(
        thread, "Your message is on its way; it counts as sent when the marketplace shows it.")
    } catch let refusal as ReplyRefusal {
      if case .noSuchConversation = refusal {
        throw PageProblem.notFound("We do not know an order “\(visit["order"])”.")
      }
      throw PageProblem.unclear(refusal.description)
    }
  }
}
