import Effects
import Kit
import Ledger

/// Effects as lists show them.
struct EffectsTable: Sendable {
  var moments: Moments
  var caption: String
  /// Several states in one table: each row says its own.
  var showsState = true

  func markup(_ effects: [EffectSummary]) -> Markup {
    Table<EffectSummary>(
      caption: caption, kind: "effects",
      columns: [
        .init("Effect") { effect in
          Tag.strong { Words.deed(effect.kind) } + Tag.small { "no. \(effect.effectID)" }
            + (showsState ? Parts.badge(effect.state) : Markup())
        },
        .init("Order") { Parts.orderLink($0.orderID) },
        .init("Outcome so far") { Markup($0.outcome ?? "") },
        .init("Due") { effect in
          effect.state.isActive ? moments.distanceMarkup(effect.dueAt) : Markup()
        },
        .init("Deadline") { effect in
          moments.markup(effect.deadline)
            + Tag.small(effect.isOverdue ? .class("why") : nil) {
              effect.isOverdue
                ? "overdue, \(moments.distance(effect.deadline))"
                : moments.distance(effect.deadline)
            }
        },
        .init("Tries", isNumber: true) { effect in
          Markup(Words.count(effect.tries))
            + Tag.small { Words.count(effect.checks, "read", "reads") }
        },
      ],
      isTrouble: { $0.isOverdue }
    ).markup(effects)
  }
}
