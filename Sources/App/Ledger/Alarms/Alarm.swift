public import Kit

/// When people are told of a clock or of a standstill.
public struct AlarmLimits: Sendable {
  /// Before accept-by, ship-by and answer-by; at most a third of the time that there was.
  public var before = Duration.hours(8)
  /// For how long an order is kept back in silence.
  public var keptBack = Duration.minutes(10)
  /// For how long work is tried in vain, or a pull fails, in silence.
  public var stuck = Duration.minutes(15)

  public init() {}
}

/// Something that will be late, or stands still.
public struct Alarm: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// An order that nobody accepts until a person decides.
    case keptBack = "kept_back"
    case acceptBy = "accept_by"
    case shipBy = "ship_by"
    case answerBy = "answer_by"
    /// Effects of one lane that are tried again and again.
    case standstill
    /// A walk over a shop's orders or messages that does not come to its end.
    case pull

    /// As `process_failures` has it.
    public var processName: String {
      switch self {
      case .keptBack: "KeptBack"
      case .acceptBy: "AcceptBy"
      case .shipBy: "ShipBy"
      case .answerBy: "AnswerBy"
      case .standstill: "Standstill"
      case .pull: "PullFailing"
      }
    }
  }

  public var kind: Kind
  /// An order's id, a conversation's, a lane, or a shop's walk.
  public var subject: String
  public var shopID: String
  /// By when somebody has to act, where a clock says so.
  public var deadline: Timestamp?
  /// Why, as far as it is known.
  public var reason: String?

  public init(
    kind: Kind, subject: String, shopID: String, deadline: Timestamp? = nil, reason: String? = nil
  ) {
    self.kind = kind
    self.subject = subject
    self.shopID = shopID
    self.deadline = deadline
    self.reason = reason
  }

  /// The order that it is about.
  var orderID: String? {
    switch kind {
    case .keptBack, .acceptBy, .shipBy: subject
    case .answerBy, .standstill, .pull: nil
    }
  }
}

/// Alarms of one kind and shop, of which people are told together: a hundred orders are one message.
struct AlarmGroup: Sendable {
  /// Subjects that are named; of the others only how many.
  static let namedMax = 5

  let key = "alarm/" + UUIDv7.make().text
  let alarms: [Alarm]

  static func groups(of alarms: [Alarm]) -> [AlarmGroup] {
    Dictionary(grouping: alarms) { [$0.kind.rawValue, $0.shopID] }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { AlarmGroup(alarms: $0.value) }
  }

  var failure: ProcessFailure {
    ProcessFailure(
      processName: alarms[0].kind.processName,
      orderID: alarms.count == 1 ? alarms[0].orderID : nil, effectID: nil, details: details,
      correlationID: key)
  }

  var details: String {
    let named = alarms.prefix(Self.namedMax).map(words).joined(separator: "; ")
    let others = alarms.count - Self.namedMax
    let shop = alarms[0].shopID.isEmpty ? "" : "shop \(alarms[0].shopID): "
    return "\(shop)\(title): \(named)" + (others > 0 ? "; and \(others) more" : "")
  }

  private var title: String {
    let isOne = alarms.count == 1
    return switch alarms[0].kind {
    case .keptBack: isOne ? "an order is kept back" : "\(alarms.count) orders are kept back"
    case .acceptBy:
      isOne ? "an order is soon to be accepted" : "\(alarms.count) orders are soon to be accepted"
    case .shipBy:
      isOne ? "an order is soon to be shipped" : "\(alarms.count) orders are soon to be shipped"
    case .answerBy:
      isOne ? "a customer waits for an answer" : "\(alarms.count) customers wait for an answer"
    case .standstill: "work is tried again and again"
    case .pull: "orders or messages do not all come in"
    }
  }

  private func words(_ alarm: Alarm) -> String {
    let name = alarm.kind == .answerBy ? "conversation \(alarm.subject)" : alarm.subject
    let more = [alarm.deadline.map { "by \($0.iso8601)" }, alarm.reason].compactMap { $0 }
    return more.isEmpty ? name : "\(name) (\(more.joined(separator: ", ")))"
  }
}
