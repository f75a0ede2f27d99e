public import Kit

/// A thread of the inbox (contract, section 8.3), read leniently: what is missing is `nil` or empty.
public struct MiraklThread: Sendable {
  public var id: String?
  public var topicType: String?
  public var topic: String?
  public var entities: [Entity]
  public var created: Timestamp?
  public var updated: Timestamp?
  /// Who may be written to.
  public var authorized: [MiraklParticipant]
  public var current: [MiraklParticipant]
  /// In order of their time. A list of threads gives the last 100 only; M10 gives all.
  public var messages: [MiraklMessage]
  public var totalCount: Int?
  /// The shop owes an answer since then; `nil` when it does not, or when that was not said.
  public var replyNeededSince: Timestamp?
  /// Somebody of the shop said that no answer is needed.
  public var noReplyNeededAt: Timestamp?

  public struct Entity: Sendable, Equatable {
    public var type: String
    public var id: String?
    public var label: String?
  }

  public init(_ value: JSONValue) {
    id = value["id"]?.filledText
    topicType = value["topic"]?["type"]?.filledText
    topic = value["topic"]?["value"]?.filledText
    entities = (value["entities"]?.elements ?? []).compactMap { entity in
      guard let type = entity["type"]?.filledText else { return nil }
      return Entity(type: type, id: entity["id"]?.filledText, label: entity["label"]?.filledText)
    }
    created = value["date_created"]?.timestamp
    updated = value["date_updated"]?.timestamp
    authorized = (value["authorized_participants"]?.elements ?? []).compactMap(
      MiraklParticipant.init)
    current = (value["current_participants"]?.elements ?? []).compactMap(MiraklParticipant.init)
    messages = (value["messages"]?.elements ?? []).compactMap(MiraklMessage.init)
      .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    let metadata = value["metadata"]
    totalCount = metadata?["total_count"]?.int.flatMap { Int(exactly: $0) }
    replyNeededSince = metadata?["shop_reply_needed_since"]?.timestamp
    noReplyNeededAt = (value["no_store_reply_needed"]?.elements ?? [])
      .filter { $0["user_type"]?.string == "SHOP" }.compactMap { $0["date"]?.timestamp }.max()
  }

  /// - Throws: `OutsideError` when the bytes hold no thread.
  package static func thread(from body: [UInt8]) throws(OutsideError) -> MiraklThread {
    let value = try MiraklErrors.json(body)
    let thread = MiraklThread(value)
    guard thread.id != nil else { throw MiraklErrors.unreadable("no thread") }
    return thread
  }
}

/// One page of M11. The next page is asked for by its token alone.
public struct MiraklThreadPage: Sendable {
  public var threads: [MiraklThread]
  public var nextPageToken: String?

  public init(threads: [MiraklThread], nextPageToken: String?) {
    self.threads = threads
    self.nextPageToken = nextPageToken
  }

  /// - Throws: `OutsideError` when the bytes hold no list of threads.
  package static func page(from body: [UInt8]) throws(OutsideError) -> MiraklThreadPage {
    let value = try MiraklErrors.json(body)
    guard let data = value["data"], data.kind == .array else {
      throw MiraklErrors.unreadable("no list of threads")
    }
    return MiraklThreadPage(
      threads: data.elements.map(MiraklThread.init),
      nextPageToken: value["next_page_token"]?.filledText)
  }
}
