import Effects
import Kit
import Ledger
import Orders

/// Everything that happened to an order, in one list; trouble is marked in words and in colour.
struct TimelineList: Sendable {
  var moments: Moments

  @MarkupBuilder func markup(_ timeline: Timeline) -> Markup {
    if timeline.entries.isEmpty {
      Parts.empty("Nothing yet", "Every call, move and decision about this order shows up here.")
    } else {
      if timeline.isCut {
        Tag.p(.class("hint")) {
          "These are the newest \(Timeline.entriesMax) of what happened; older ones are not shown."
        }
      }
      for day in days(timeline.entries) {
        Tag.h3 { Moments.fullDay(day[0].at) }
        Tag.ol(.class("timeline")) { for entry in day { item(entry) } }
      }
    }
  }

  private func item(_ entry: TimelineEntry) -> Markup {
    Tag.li(.class("kind-" + entry.kind.rawValue, entry.isTrouble ? "trouble" : "")) {
      Tag.time(.dateTime(entry.at.iso8601), .title(entry.at.iso8601)) { Moments.exact(entry.at) }
      Tag.div {
        Tag.p(.class("what")) {
          Tag.span(.class("kind")) { Self.kind(entry.kind) }
          " "
          Tag.strong { Self.title(entry) }
          if entry.isTrouble {
            " "
            Parts.badge("Trouble", .bad)
          }
        }
        if !entry.detail.isEmpty { Tag.p(.class("detail")) { entry.detail } }
      }
    }
  }

  private static func kind(_ kind: TimelineEntry.Kind) -> String {
    switch kind {
    case .status: "Status"
    case .call: "Call"
    case .effect: "Effect"
    case .failure: "Failure"
    case .attempt: "Attempt"
    case .debug: "Log"
    case .act: "Person"
    case .message: "Message"
    case .scan: "Bench"
    }
  }

  static func title(_ entry: TimelineEntry) -> String {
    switch entry.kind {
    case .status: return OrderStatus(rawValue: entry.title)?.words ?? Words.plain(entry.title)
    case .effect:
      let words = entry.title.split(separator: " ").map(String.init)
      guard words.count == 2, let state = EffectState(rawValue: words[1]) else {
        return entry.title
      }
      return "\(Words.deed(words[0])) – \(state.words.lowercased())"
    case .attempt, .debug: return Words.plain(entry.title)
    case .act: return Words.act(entry.title)
    case .message, .scan: return Words.plain(entry.title)
    case .call, .failure: return entry.title
    }
  }

  private func days(_ entries: [TimelineEntry]) -> [[TimelineEntry]] {
    var days: [[TimelineEntry]] = []
    for entry in entries {
      if let last = days.last?.last, Moments.fullDay(last.at) == Moments.fullDay(entry.at) {
        days[days.count - 1].append(entry)
      } else {
        days.append([entry])
      }
    }
    return days
  }
}
