import Kit

/// What a primary's death cost, round by round; for people and for programs.
struct FailoverReport {
  struct Round {
    var killed: String
    var promoted: String
    /// From the kill until Patroni said so.
    var promotedAfter: Duration
    /// The longest time without an acknowledged write, a good answer of the API, a shipment.
    var writesGap: Duration
    var answersGap: Duration
    var shipmentsGap: Duration
    /// From its restart until the old primary was a standby like any other.
    var rejoinedAfter: Duration
  }

  var rounds: [Round] = []
  /// At the marketplace, all rounds; and which of them are not exactly one accept, label and ship.
  var orders = 0
  var inexact: [String] = []
  /// Committed facts that somebody had read, and those that are gone.
  var facts = 0
  var ordersSeen = 0
  var lostFacts: [String] = []
  var writes = WritingWitness.Verdict(acknowledged: 0, lost: 0, unknown: 0, unexplained: 0)
  /// How often a person was asked about an order.
  var personsAsked = 0

  var isLossless: Bool {
    inexact.isEmpty && lostFacts.isEmpty && writes.lost == 0 && writes.unexplained == 0
  }

  private static func median(_ values: [Duration]) -> Duration {
    let sorted = values.sorted()
    guard let low = sorted.dropLast(sorted.count / 2).last else { return .zero }
    return (low + sorted[sorted.count / 2]) / 2
  }

  private var gaps: [(name: String, words: String, of: KeyPath<Round, Duration>)] {
    [
      ("promoted_s", "new primary after", \.promotedAfter),
      ("writes_gap_s", "no write acknowledged for", \.writesGap),
      ("answers_gap_s", "no answer of the API for", \.answersGap),
      ("shipments_gap_s", "no shipment for", \.shipmentsGap),
      ("rejoined_s", "old primary a standby again after", \.rejoinedAfter),
    ]
  }

  private static func seconds(_ duration: Duration) -> String {
    let hundredths = (duration.milliseconds + 5) / 10
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// Each line begins with `failover: `, so that it can be told from what else a test run prints.
  var text: String {
    var lines = rounds.map { round in
      "\(round.killed) killed, \(round.promoted) took over: "
        + gaps.map { "\($0.words) \(Self.seconds(round[keyPath: $0.of])) s" }
        .joined(separator: ", ")
    }
    if rounds.count > 1 {
      lines.append(
        "median of \(rounds.count): "
          + gaps.map { gap in
            "\(gap.words) \(Self.seconds(Self.median(rounds.map { $0[keyPath: gap.of] }))) s"
          }.joined(separator: ", "))
    }
    lines += [
      "writes: \(writes.acknowledged) acknowledged, \(writes.lost) of them lost, "
        + "\(writes.unknown) of unknown outcome",
      "facts of Quayside that were read: \(facts) (\(ordersSeen) orders), \(lostFacts.count) lost",
      "orders: \(orders), \(inexact.count) without exactly one accept, label and shipment",
      "persons asked: \(personsAsked)",
      isLossless ? "nothing was lost" : "SOMETHING WAS LOST",
    ]
    lines += (lostFacts + inexact).prefix(20)
    return lines.map { "failover: \($0)\n" }.joined()
  }

  var json: JSON {
    func object(_ values: [(String, JSON)]) -> JSON { .object(values) }
    func number(_ duration: Duration) -> JSON { .decimal(Self.seconds(duration)) }
    return object([
      (
        "rounds",
        .array(
          rounds.map { round in
            object(
              [("killed", .string(round.killed)), ("promoted", .string(round.promoted))]
                + gaps.map { ($0.name, number(round[keyPath: $0.of])) })
          })
      ),
      (
        "median",
        object(
          gaps.map { gap in
            (gap.name, number(Self.median(rounds.map { $0[keyPath: gap.of] })))
          })
      ),
      ("writes_acknowledged", .int(Int64(writes.acknowledged))),
      ("writes_lost", .int(Int64(writes.lost))),
      ("writes_unknown", .int(Int64(writes.unknown))),
      ("writes_unexplained", .int(Int64(writes.unexplained))),
      ("facts_read", .int(Int64(facts))),
      ("orders_read", .int(Int64(ordersSeen))),
      ("facts_lost", .int(Int64(lostFacts.count))),
      ("orders", .int(Int64(orders))),
      ("orders_inexact", .int(Int64(inexact.count))),
      ("persons_asked", .int(Int64(personsAsked))),
      ("is_lossless", .bool(isLossless)),
    ])
  }
}
