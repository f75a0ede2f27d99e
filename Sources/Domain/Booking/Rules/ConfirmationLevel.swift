public import Kit

/// How sure we can be that the customer, and nobody else, said yes.
public enum ConfirmationLevel: Int, Sendable, Comparable, CaseIterable {
  /// The agent says so. Kept as a claim; never enough for anything.
  case claimed = 0
  /// Somebody on the agent's side of the line showed it to the customer: the dialog of an MCP client, or
  /// our page behind a link that the agent passed on.
  case mediated = 1
  /// The customer answered on a channel that the agent does not hold: our page behind a link, or a
  /// code, that was sent to the customer directly.
  case outOfBand = 2
  /// Signed by the customer's own key.
  case signed = 3

  public static func < (a: ConfirmationLevel, b: ConfirmationLevel) -> Bool {
    a.rawValue < b.rawValue
  }
}

/// How a yes is asked for.
public enum ConfirmationChannel: String, Sendable, CaseIterable {
  /// The agent reports what the customer said.
  case agent
  /// A dialog of an MCP client.
  case elicitation
  /// Our page, behind a link.
  case page
  /// Six digits that were sent to the customer, who gives them to the agent.
  case code
  /// The customer's own key signs the summary that the server signed.
  case signature

  /// What a yes on this channel is worth.
  ///
  /// - Parameter isDirect: link or code went to the customer past the agent.
  public func level(isDirect: Bool) -> ConfirmationLevel {
    switch self {
    case .agent: .claimed
    case .elicitation: .mediated
    case .page: isDirect ? .outOfBand : .mediated
    // A code that the agent was given proves nothing.
    case .code: isDirect ? .outOfBand : .claimed
    // Whoever carries question and answer can change neither.
    case .signature: .signed
    }
  }
}

/// The least level for an order, by its value: from each amount on, a level. Never below `.mediated`,
/// whatever was configured; an order without prices counts as one of the highest value.
public struct LevelRule: Sendable, Equatable {
  /// From this many hundredths on; ascending.
  public private(set) var steps: [(from: Int64, level: ConfirmationLevel)]

  public init(_ steps: [(from: Int64, level: ConfirmationLevel)]) {
    self.steps = steps.sorted { $0.from < $1.from }
  }

  /// A link that the agent passes on is enough below 100.00.
  public static let standard = LevelRule([(0, .mediated), (10_000, .outOfBand)])

  /// Reads `0:1,100:2`: level 1 from nothing, 2 from 100.00 on.
  public init?(text: some StringProtocol) {
    var steps: [(from: Int64, level: ConfirmationLevel)] = []
    for part in text.split(separator: ",") {
      let pair = part.split(separator: ":")
      guard pair.count == 2, let from = Amount.hundredths(String(pair[0])), from >= 0,
        let level = Int(pair[1]).flatMap({ ConfirmationLevel(rawValue: $0) }), level > .claimed
      else { return nil }
      steps.append((from, level))
    }
    guard !steps.isEmpty else { return nil }
    self.init(steps)
  }

  public var text: String {
    steps.map { "\(Amount.text($0.from)):\($0.level.rawValue)" }.joined(separator: ",")
  }

  public func least(for total: Int64?) -> ConfirmationLevel {
    let fitting = total.map { total in steps.filter { $0.from <= total } } ?? steps
    return max(.mediated, (fitting.last ?? steps.first)?.level ?? .outOfBand)
  }

  /// Some orders take a link or a code that is sent past the agent: without a courier no agent can book
  /// them.
  public var takesCourier: Bool { steps.contains { $0.level == .outOfBand } }

  public static func == (a: LevelRule, b: LevelRule) -> Bool { a.text == b.text }

  public var json: JSON {
    .array(
      steps.map {
        .object([
          ("from", .string(Amount.text($0.from))), ("level", .int(Int64($0.level.rawValue))),
        ])
      })
  }
}
