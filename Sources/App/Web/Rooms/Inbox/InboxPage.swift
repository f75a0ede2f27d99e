import Conversations
import HTTP
import Kit
import Ledger
import People

/// The list of conversations: unread first, what is due soonest at the top.
struct InboxPage: Sendable {
  static let pageSize = 40

  let visit: Visit
  let filter: ThreadFilter
  let threads: [ThreadSummary]
  let counts: [String: Int]
  let next: ThreadPosition?

  init(_ visit: Visit) async throws {
    self.visit = visit
    var filter = ThreadFilter(limit: Self.pageSize + 1)
    if let name = visit.request.query("view"), !name.isEmpty {
      guard let view = ThreadFilter.View(rawValue: name) else {
        throw PageProblem.unclear("There is no view “\(name)”.")
      }
      filter.view = view
    }
    if let search = visit.request.query("q").flatMap(Text.trimmed) {
      guard search.count <= 200 else { throw PageProblem.unclear("Search for fewer words.") }
      filter.search = search
      if visit.request.query("view") == nil { filter.view = .all }
    }
    if let after = visit.request.query("after"), !after.isEmpty {
      guard let position = ThreadPosition(after) else {
        throw PageProblem.unclear("There is no such page.")
      }
      filter.after = position
    }
    var threads = try await Self.threads(filter, visit)
    let hasMore = threads.count > Self.pageSize
    if hasMore { threads.removeLast() }
    next = hasMore ? threads.last?.position : nil
    self.threads = threads
    self.filter = filter
    counts = try await visit.ledger.threadCounts()
  }

  /// Who must not read what customers say finds nothing by it either: only the order that they name.
  private static func threads(
    _ filter: ThreadFilter, _ visit: Visit
  ) async throws -> [ThreadSummary] {
    guard let order = filter.search, !visit.can(.readPersonalData) else {
      return try await visit.ledger.threads(filter)
    }
    return try await visit.ledger.threads(about: order).filter { filter.view.shows($0.status) }
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Inbox" }
      search
    }
      + Tag.div(.class("inbox-bar")) {
        Parts.choices("Conversations", choices)
        Tag.div(.class("inbox-links")) {
          Tag.a(.href(.inboxTemplates)) { "Templates" }
          Tag.a(.href(.inboxRules)) { "Automatic answers" }
          Parts.liveLight
        }
      }
      + Tag.section(
        .class("panel"), .id("threads"), .label("Conversations"), .refreshes(on: "inbox")
      ) {
        if threads.isEmpty { nothing } else { list }
      } + pages + keys
  }

  private var list: Markup {
    Tag.ol(.class("threads")) {
      for thread in threads { row(thread) }
    }
  }

  private func row(_ thread: ThreadSummary) -> Markup {
    let urgency = AnswerClock.urgency(
      answerBy: thread.answerBy, within: thread.answerWithin, now: visit.now)
    return Tag.li(.class("thread", thread.status.rawValue, "is-\(urgency.rawValue)")) {
      Tag.a(.href(.thread(thread.id)), .data("thread", String(thread.id))) {
        Tag.span(.class("thread-who")) {
          if thread.status == .unread { Tag.span(.class("unseen")) { "Unread. " } }
          visit.customer(thread.customerName)
          if thread.messageCount > 1 {
            Tag.span(.class("thread-count")) { Words.count(thread.messageCount) }
          }
        }
        Tag.span(.class("thread-text")) {
          Tag.span(.class("thread-topic")) { visit.topic(thread.topic, of: thread.id) }
          Tag.span(.class("thread-preview")) { preview(thread) }
        }
        Tag.span(.class("thread-side")) {
          ClockView(visit: visit).badge(thread)
          if let last = thread.lastMessageAt { visit.moments.distanceMarkup(last) }
        }
      }
      Tag.p(.class("thread-more")) {
        if let order = thread.orderID {
          if thread.isOrderKnown {
            Parts.orderLink(order)
          } else {
            Tag.span(.class("id")) { order }
          }
        }
        if let need = thread.needsPerson { Tag.span(.class("why")) { need } }
        for viewer in thread.viewers {
          Tag.span(.class("viewer")) { "\(viewer) is here" }
        }
      }
    }
  }

  private func preview(_ thread: ThreadSummary) -> String {
    guard visit.can(.readPersonalData) else { return Mask.text }
    return (thread.lastSender == .technician ? "You: " : "") + thread.preview
  }

  private var choices: [Choice] {
    ThreadFilter.View.allCases.map { view in
      Choice(
        words: view.words, path: path(view),
        count: view == .unread ? counts["unread"] : nil, isChosen: filter.view == view)
    }
  }

  private func path(_ view: ThreadFilter.View) -> Path {
    Path.inbox.query("view", view.rawValue).query("q", filter.search)
  }

  private var search: Markup {
    let what = visit.can(.readPersonalData) ? "Words, a name or an order id" : "An order id"
    return Tag.form(.class("search"), .role("search"), .get, .action(.inbox)) {
      Tag.label(.for("q"), .class("unseen")) { what }
      Tag.input(
        .type("search"), .id("q"), .name("q"), .value(filter.search ?? ""), .placeholder(what),
        .noAutocomplete)
      Tag.button(.type("submit")) { "Search" }
    }
  }

  @MarkupBuilder private var nothing: Markup {
    if let search = filter.search {
      Parts.empty(
        "Nothing found for “\(search)”",
        visit.can(.readPersonalData)
          ? "Words are found in English and in French, whatever their ending."
          : "Your role sees no customer's data, so only a whole order id is searched for.")
    } else if filter.after != nil {
      Parts.empty("That was all", "There are no more conversations here.")
    } else {
      switch filter.view {
      case .unread: Parts.empty("Nobody waits", "Every customer has been read. Well done.")
      case .archived: Parts.empty("Nothing archived", "What is done with can be put away here.")
      case .open, .all:
        Parts.empty(
          "No messages yet", "When a customer writes about an order, it appears here.")
      }
    }
  }

  @MarkupBuilder private var pages: Markup {
    if filter.after != nil || next != nil {
      Tag.nav(.class("pages"), .label("Pages")) {
        if filter.after != nil {
          Tag.a(.class("button"), .href(path(filter.view))) { "To the top" }
        }
        if let next {
          Tag.a(
            .class("button"), .rel("next"), .href(path(filter.view).query("after", next.text))
          ) { "More" }
        }
      }
    }
  }

  private var keys: Markup {
    Tag.p(.class("keys")) {
      Tag.code { "j" }
      " "
      Tag.code { "k" }
      " move, "
      Tag.code { "Enter" }
      " opens, "
      Tag.code { "/" }
      " searches"
    }
  }
}

extension ThreadFilter.View {
  /// As `ThreadFilter.ranks` says it of a status.
  func shows(_ status: ThreadStatus) -> Bool {
    switch self {
    case .open: status != .archived
    case .unread: status == .unread
    case .archived: status == .archived
    case .all: true
    }
  }

  var words: String {
    switch self {
    case .open: "Open"
    case .unread: "Unread"
    case .archived: "Archived"
    case .all: "All"
    }
  }
}
