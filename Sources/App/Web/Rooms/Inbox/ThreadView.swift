import Conversations
import CustomerService
import Effects
import HTTP
import Kit
import Ledger
import Orders
import People

/// One conversation: what was said, the order beside it, and the answer to be written.
struct ThreadView: Sendable {
  static let pageSize = 50

  let visit: Visit
  let page: ThreadPage
  let templates: [StoredTemplate]
  let story: OrderStory?
  let ruleAnswersAt: Timestamp?
  let isEarlier: Bool
  let previous: Int64?
  let following: Int64?

  /// What was written and not sent.
  var draft = ""
  var recipient: String?
  var problem: String?
  var newer: [ReplyPlanned.NewerMessage] = []

  var name: String { visit.customer(page.thread.customerName) }
  private var thread: ThreadSummary { page.thread }

  init(_ visit: Visit) async throws {
    self.visit = visit
    let id = try visit.number("thread", "conversation")
    var before: MessagePosition?
    if let text = visit.request.query("before"), !text.isEmpty {
      guard let position = MessagePosition(text) else {
        throw PageProblem.unclear("There is no such page.")
      }
      before = position
    }
    isEarlier = before != nil
    guard
      let page = try await visit.ledger.thread(id, before: before, limit: Self.pageSize)
    else { throw PageProblem.notFound("There is no conversation \(id).") }
    self.page = page
    templates = try await visit.ledger.templates()
    ruleAnswersAt = try await visit.ledger.ruleAnswersAt(id)
    if page.thread.isOrderKnown, let order = page.thread.orderID {
      story = try await OrderStory.read(order, from: visit.ledger)
    } else {
      story = nil
    }
    let list = try await visit.ledger.threads(ThreadFilter(limit: 100))
    let at = list.firstIndex { $0.id == id }
    previous = at.flatMap { $0 > 0 ? list[$0 - 1].id : nil }
    following = at.flatMap { $0 + 1 < list.count ? list[$0 + 1].id : nil }
  }

  func markup() -> Markup {
    Tag.div(
      .class("stack"), .id("thread-page"), .data("thread", String(thread.id)),
      .data("who", visit.session.name), .data("previous", previous.map(String.init) ?? ""),
      .data("following", following.map(String.init) ?? ""),
      .data("unread", thread.status == .unread ? "1" : "")
    ) {
      head
      if let problem { callout(problem) }
      Tag.div(.class("thread-grid")) {
        Tag.div(.class("stack")) {
          conversation
          if visit.can(.answerCustomers) { ReplyForm(view: self).markup() }
        }
        Tag.aside(.class("stack"), .label("Beside the conversation")) {
          ThreadAside(view: self).markup()
        }
      }
    }
  }

  private var head: Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.inbox)) { "Inbox" } }
        Tag.h1 { name }
        Tag.p(.class("lead")) { visit.topic(thread.topic, of: thread.id) }
      }
      Tag.div(.class("thread-tools"), .id("tools"), .refreshes(on: "inbox")) {
        ClockView(visit: visit).badge(thread)
        if visit.can(.answerCustomers) {
          switch thread.status {
          case .unread: status(.read, "Mark as read")
          case .read: status(.unread, "Mark as unread")
          case .archived: status(.read, "Bring back")
          }
          if thread.status != .archived { status(.archived, "Archive") }
        }
      }
    }
  }

  private func status(_ status: ThreadStatus, _ words: String) -> Markup {
    visit.form(
      to: Path.thread(thread.id).segment("status"), .class("one-button"),
      .data("status", status.rawValue)
    ) {
      Tag.input(.type("hidden"), .name("status"), .value(status.rawValue))
      Tag.input(.type("hidden"), .name("last"), .value(String(page.newestMessage)))
      Tag.button(.type("submit")) { words }
    }
  }

  private func callout(_ problem: String) -> Markup {
    Tag.div(.class("callout"), .role("alert"), .id("not-sent")) {
      Tag.strong { "Not sent" }
      Tag.p { problem }
      if !newer.isEmpty {
        Tag.ul(.class("newer")) {
          for message in newer {
            Tag.li {
              Tag.strong { who(message) }
              " "
              visit.moments.distanceMarkup(message.at)
              Tag.p { message.preview }
            }
          }
        }
      }
    }
  }

  private func who(_ message: ReplyPlanned.NewerMessage) -> String {
    switch message.sender {
    case .customer: visit.customer(message.who)
    case .technician: message.who.isEmpty ? "One of us" : message.who
    case .operator: "The marketplace"
    }
  }

  private var conversation: Markup {
    Tag.section(
      .class("panel"), .id("messages"), .label("Messages"), .refreshes(on: "inbox"),
      .data("newest", String(page.newestMessage))
    ) {
      if let earlier = page.earlier {
        Tag.p(.class("more")) {
          Tag.a(.href(Path.thread(thread.id).query("before", earlier.text))) { "Earlier messages" }
        }
      }
      Tag.ol(.class("messages")) {
        for message in page.messages { MessageCard(visit: visit, thread: thread).markup(message) }
      }
      if isEarlier {
        Tag.p(.class("more")) {
          Tag.a(.href(.thread(thread.id))) { "To the latest message" }
        }
      }
      if let at = ruleAnswersAt, at > visit.now {
        Tag.p(.class("notice")) {
          "A rule answers \(visit.moments.distance(at)), unless you do so first."
        }
      }
    }
  }
}
