import Effects
import Kit
import Ledger

/// What is still open outside, the most urgent state first.
struct EffectsPage: Sendable {
  /// What the page lists of each state; one more is asked for.
  static let listed = 50
  /// The same where one state was chosen.
  static let listedOfOne = 200

  /// Not settled ones, by state.
  var counts: [String: Int]
  var chosen: EffectState?
  var groups: [(state: EffectState, effects: [EffectSummary])]
  var moments: Moments

  func markup() -> Markup {
    let shown = groups.filter { !$0.effects.isEmpty }
    return Tag.div(.class("stack"), .id("effects"), .refreshes(on: "orders")) {
      Tag.div(.class("title")) {
        Tag.h1 { "Effects" }
        Tag.p(.class("note")) { "What should happen outside, exactly once each." }
      }
      Parts.choices("Effects by state", choices)
      if shown.isEmpty { nothing }
      for group in shown { section(group) }
    }
  }

  private func section(_ group: (state: EffectState, effects: [EffectSummary])) -> Markup {
    let tone = group.state.tone
    let isEdged = tone == .bad || tone == .warn
    return Parts.section(
      group.state.rawValue, group.state.words, note: group.state.explanation,
      tone: isEdged ? tone : nil
    ) {
      EffectsTable(
        moments: moments, caption: "Effects: \(group.state.words)", showsState: false
      ).markup(group.effects)
      if let total = counts[group.state.rawValue], total > group.effects.count {
        Tag.p(.class("more")) {
          "The first \(Words.count(group.effects.count)) of \(Words.count(total)) by deadline. "
          if chosen == nil { Tag.a(.href(path(group.state))) { "More of them" } }
        }
      }
    }
  }

  private var choices: [Choice] {
    let open = EffectState.byUrgency.map { state in
      Choice(
        words: state.words, path: path(state), count: counts[state.rawValue] ?? 0,
        isChosen: chosen == state)
    }
    let total = counts.values.reduce(0, +)
    return [Choice(words: "All open", path: .effects, count: total, isChosen: chosen == nil)] + open
  }

  private func path(_ state: EffectState) -> Path { Path.effects.query("state", state.rawValue) }

  private var nothing: Markup {
    Tag.section(.class("panel"), .label("Effects")) {
      if let chosen {
        Parts.empty("None here", "No effect is in the state “\(chosen.words.lowercased())”.")
      } else {
        Parts.empty("Nothing is open", "Everything that was asked for outside is settled.")
      }
    }
  }
}
