import Kit
import Ledger
import Orders

/// What a person may do with an order as it is now; each is a real act with their name on it.
struct OrderActions: Sendable {
  static let reasonMax = 500

  let visit: Visit
  let story: OrderStory

  private var order: ListedOrder { story.row }
  private var path: Path { .order(order.orderID) }

  func markup() -> Markup {
    let content = order.isMarketplace ? marketplace : booking
    return content.html.isEmpty
      ? Markup()
      : Tag.section(.class("panel actions"), .labelledBy("actions")) {
        Tag.h2(.id("actions"), .class("unseen")) { "What you can do" }
        content
      }
  }

  @MarkupBuilder private var marketplace: Markup {
    if order.isHeld {
      visit.button("Release", to: path.segment("release"), .main)
    } else if !order.isOver {
      withReason("Hold", "hold", "Why? Everybody will read it.")
    }
    if canRetry { visit.button("Retry", to: path.segment("retry"), order.isHeld ? .plain : .main) }
    if story.parcel?.status.isLive == true {
      Tag.details(.class("fold")) {
        Tag.summary(.class("button danger")) { "Void the label" }
        Tag.p(.class("hint")) {
          "The carrier takes the label back, or is asked for a refund where it is too late. A parcel "
            + "that is on its way does not come back by that."
        }
        visit.button("Yes, void it", to: path.segment("void"), .danger)
      }
    }
    if isKeptBack {
      Tag.details(.class("fold")) {
        Tag.summary(.class("button")) { "Accept anyway" }
        Tag.p(.class("hint")) { accepting }
        visit.button("Yes, accept it", to: path.segment("accept"), .main)
      }
    }
    if canCancel {
      withReason("Cancel", "cancel", "Why? It stays in the story.", .danger, hint: cancelling)
    } else if !order.isOver {
      Tag.details(.class("fold")) {
        Tag.summary(.class("button danger")) { "Cancel" }
        Tag.p(.class("hint")) { turningDown }
      }
    }
  }

  /// The marketplace waits for our word, and we have not given it.
  private var isKeptBack: Bool {
    order.status == "parked" && story.detail.marketplaceState == "WAITING_ACCEPTANCE"
  }

  /// Accepted and not shipped; or kept back, to be refused.
  private var canCancel: Bool {
    isKeptBack || order.status == "accepted" || order.status == "label_created"
  }

  /// What waits for a person, or a parcel without a label.
  private var canRetry: Bool {
    order.needs != nil || order.status == "acceptance_failed"
      || order.status == "accepted"
        && [.voided, .refundRequested].contains(story.parcel?.status)
  }

  private var accepting: String {
    """
    It was kept back: \(order.parkedReason ?? "nobody wrote down why"). It is accepted as it is, and its \
    parts are taken on, whether they are there or not.
    """
  }

  private var cancelling: String {
    if order.status == "parked" {
      return "The whole order is refused at the marketplace, which counts against the shop."
    }
    return """
      The order is held, the marketplace is told, and once it shows the order as cancelled the label is \
      voided and the parts are free again. It counts against the shop.\
      \(story.detail.canCancelOutside
        ? "" : " When we last looked, the marketplace did not offer it for this order.")
      """
  }

  private var turningDown: String {
    let hold =
      order.isHeld ? "It is held already." : "Hold it first, so that nothing more goes out."
    return """
      \(hold) Quayside does not turn down an order that it is to accept, since the acceptance may be on \
      its way: that is done on the marketplace's own page, and counts against the shop. Quayside sees \
      it within a minute and ends it here.
      """
  }

  @MarkupBuilder private var booking: Markup {
    for (status, words) in nexts {
      visit.button(words, to: path.segment("move").segment(status), .main)
    }
    if order.needs != nil { visit.button("Retry", to: path.segment("retry")) }
    if !order.isOver { withReason("Cancel the booking", "move/cancelled", "Why?") }
  }

  private var nexts: [(String, String)] {
    switch order.status {
    case "pending": [("confirmed", "Confirm")]
    case "confirmed": [("processing", "Begin")]
    case "processing": [("completed", "Complete")]
    default: []
    }
  }

  private func withReason(
    _ words: String, _ act: String, _ question: String, _ kind: ButtonKind = .main,
    hint: String? = nil
  ) -> Markup {
    let target = act.split(separator: "/").reduce(path) { $0.segment(String($1)) }
    let field = "reason-" + act.replacing("/", with: "-")
    return Tag.details(.class("fold")) {
      Tag.summary(.class("button", kind == .danger ? "danger" : "")) { words }
      if let hint { Tag.p(.class("hint")) { hint } }
      visit.form(to: target, .class("fields")) {
        Tag.div(.class("field")) {
          Tag.label(.for(field)) { question }
          Tag.input(
            .type("text"), .id(field), .name("reason"), .required,
            .maxLength(Self.reasonMax))
        }
        Tag.button(.type("submit"), .class(kind.rawValue)) {
          kind == .danger ? "Yes, \(words.lowercased()) it" : words
        }
      }
    }
  }
}
