import Ledger
import Orders

/// A status of any channel, as people say it.
struct StatusWords: Sendable, Equatable {
  let status: String
  let words: String
  let tone: Tone

  init(channel: String, status: String) {
    self.status = status
    if channel == "marketplace", let known = OrderStatus(rawValue: status) {
      words = known.words
      tone = known.tone
      return
    }
    words = Words.plain(status)
    switch status {
    case "pending": tone = .calm
    case "confirmed": tone = .busy
    case "processing": tone = .good
    case "completed": tone = .done
    default: tone = .off
    }
  }

  static let marketplace = OrderStatus.inOrderOfWork.map {
    StatusWords(channel: "marketplace", status: $0.rawValue)
  }
  static let booking = ["pending", "confirmed", "processing", "completed", "cancelled"].map {
    StatusWords(channel: "booking", status: $0)
  }

  var badge: Markup { Parts.badge(words, tone) }
}

extension ListedOrder {
  var state: StatusWords { StatusWords(channel: channel, status: status) }
  var isMarketplace: Bool { channel == "marketplace" }
  var isOver: Bool { ["shipped", "cancelled", "completed"].contains(status) }

  var price: String? { totalPrice.map { [$0, currency].compactMap { $0 }.joined(separator: " ") } }

  /// What a person has to look at, in words; `nil` when nothing.
  var trouble: String? {
    parkedReason ?? needs.map(Words.need)
      ?? (status == "acceptance_failed" ? "The rules for accepting it ran out." : nil)
  }
}
