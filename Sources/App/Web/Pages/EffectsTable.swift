import Effects
import Kit
import Ledger

/// Effects as lists show them.
struct EffectsTable: Sendable {
  var moments: Moments
  var caption: String

  func markup(_ effects: [EffectSummary]) -> Markup {
    Table<EffectSummary>(
      caption: caption,
      columns: [
        .init("Effect") { effect in
          Tag.strong { Words.deed(effect.kind) } + Tag.small { "no. \(effect.effectID)" }
        },
        .init("Order") { Parts.orderLink($0.orderID) },
        .init("State") { Parts.badge($0.state) },
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
