import Effects
import Kit
import Orders

/// Pieces that several pages are made of.
enum Parts {
  static func badge(_ words: String, _ tone: Tone) -> Markup {
    Tag.span(.class("badge", tone.rawValue)) { words }
  }

  static func badge(_ status: OrderStatus) -> Markup { badge(status.words, status.tone) }
  static func badge(_ state: EffectState) -> Markup { badge(state.words, state.tone) }

  static func orderLink(_ id: String) -> Markup {
    Tag.a(.class("id"), .href(.order(id))) { id }
  }

  /// Tells whether the page hears of changes; `live.js` turns it on and off.
  static let liveLight = Tag.p(.class("live"), .data("live-light", "off")) {
    Tag.span(.class("dot"), .hidden)
    Tag.span(.class("when-on")) { "Live" }
    Tag.span(.class("when-off")) { "Not live" }
  }

  /// What a page says where there is nothing to list.
  static func empty(_ headline: String, _ text: String) -> Markup {
    Tag.div(.class("empty")) {
      Tag.p(.class("headline")) { headline }
      Tag.p { text }
    }
  }

  static func section(
    _ id: String, _ name: String, note: String? = nil, tone: Tone? = nil,
    @MarkupBuilder content: () -> Markup
  ) -> Markup {
    Tag.section(.labelledBy(id), .class("panel", tone.map { "edge-" + $0.rawValue } ?? "")) {
      Tag.div(.class("panel-head")) {
        Tag.h2(.id(id)) { name }
        if let note { Tag.p(.class("note")) { note } }
      }
      content()
    }
  }

  /// A list of facts; what has no value is left out.
  static func facts(_ pairs: [(String, Markup?)]) -> Markup {
    Tag.dl(.class("facts")) {
      for case (let name, let value?) in pairs {
        Tag.div {
          Tag.dt { name }
          Tag.dd { value }
        }
      }
    }
  }

  /// Choices of what a list shows, each with how many there are.
  static func choices(_ label: String, _ items: [Choice]) -> Markup {
    Tag.nav(.class("choices"), .label(label)) {
      for item in items {
        Tag.a(.href(item.path), .current(item.isChosen)) {
          Tag.span { item.words }
          if let count = item.count { Tag.span(.class("count")) { Words.count(count) } }
        }
      }
    }
  }
}

struct Choice: Sendable {
  var words: String
  var path: Path
  var count: Int?
  var isChosen: Bool
}
