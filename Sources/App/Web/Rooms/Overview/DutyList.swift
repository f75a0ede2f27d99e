import Kit
import Ledger
import People

/// What needs a person now, whatever room it lies in: the earliest deadline first.
struct DutyList: Sendable {
  static let listedMax = 25

  /// One line of the list.
  struct Item: Sendable {
    var deadline: Timestamp?
    var what: String
    var isHeld = false
    var link: Markup
    var why: String
  }

  let moments: Moments
  let items: [Item]
  /// More than are listed.
  let hasMoreOrders: Bool
  let hasMoreThreads: Bool

  private var clock: Clock { Clock(moments: moments) }

  init(
    _ visit: Visit, _ duties: [Duty], _ orders: [ListedOrder], _ answers: [AnswerDuty]
  ) {
    let clock = Clock(moments: visit.moments)
    moments = visit.moments
    let rows = Dictionary(orders.map { ($0.orderID, $0) }) { first, _ in first }
    var items = duties.compactMap { duty in rows[duty.orderID].map { Self.item(duty, $0, clock) } }
    items += answers.map { Self.item($0, visit) }
    // What has no deadline comes last; among equals orders come first.
    let sorted = items.enumerated().sorted { one, other in
      switch (one.element.deadline, other.element.deadline) {
      case (let a?, let b?) where a != b: a < b
      case (.some, nil): true
      case (nil, .some): false
      default: one.offset < other.offset
      }
    }
    self.items = sorted.prefix(Self.listedMax).map(\.element)
    let isCut = sorted.count > Self.listedMax
    hasMoreOrders = duties.count > Self.listedMax || isCut && !duties.isEmpty
    hasMoreThreads = answers.count > Self.listedMax || isCut && !answers.isEmpty
  }

  var late: Int { items.count { isLate($0) } }

  private func isLate(_ item: Item) -> Bool {
    item.deadline.map { clock.state(of: $0) == .late } ?? false
  }

  func markup() -> Markup {
    Table<Item>(
      caption: "What needs a person, the earliest deadline first", kind: "duties",
      columns: [
        .init("By when") { item in
          item.deadline.map(clock.chip) ?? Parts.badge("no deadline", .off)
        },
        .init("What") { item in
          Tag.strong { item.what } + (item.isHeld ? Parts.badge("Held", .warn) : Markup())
        },
        .init("Where") { $0.link },
        .init("Why") { Markup($0.why) },
      ], isTrouble: isLate
    ).markup(items)
  }

  private static func item(_ duty: Duty, _ row: ListedOrder, _ clock: Clock) -> Item {
    Item(
      deadline: duty.deadline, what: words(duty.kind), isHeld: row.isHeld,
      link: Parts.orderLink(row.orderID) + Tag.small { row.title ?? row.shopName },
      why: why(duty, row, clock))
  }

  private static func why(_ duty: Duty, _ row: ListedOrder, _ clock: Clock) -> String {
    switch duty.kind {
    case .aside: "It was put aside after it was shipped: the customer has a tracking number."
    case .confirm: "A booking waits for your confirmation."
    case .parked, .failed, .question, .accept, .ship: row.trouble ?? risk(duty, clock)
    }
  }

  /// Nobody is asked anything; the clock alone brings it here.
  private static func risk(_ duty: Duty, _ clock: Clock) -> String {
    switch duty.deadline.map(clock.state) {
    case .late: "It is on its way, and overdue."
    case .risk: "It is on its way, and at risk of being late."
    case .fine, nil: "It is on its way, and due soon."
    }
  }

  private static func item(_ duty: AnswerDuty, _ visit: Visit) -> Item {
    let about = [visit.customer(duty.customerName), duty.orderID].compactMap { $0 }
    return Item(
      deadline: duty.deadline, what: duty.trouble == nil ? "Answer by" : "Look at a message",
      link: Tag.a(.href(.thread(duty.conversationID))) {
        visit.topic(duty.topic, of: duty.conversationID)
      } + Tag.small { about.joined(separator: " · ") },
      why: duty.trouble ?? "A customer waits for an answer.")
  }

  static func words(_ kind: Duty.Kind) -> String {
    switch kind {
    case .parked: "Parked"
    case .failed: "Acceptance failed"
    case .question: "Asks you"
    case .accept: "Accept by"
    case .confirm: "Confirm"
    case .ship: "Ship by"
    case .aside: "Put aside"
    }
  }
}
