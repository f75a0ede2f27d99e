public import Conversations
import Kit
public import Ledger
public import Operations
public import People
import Postgres

/// What people do in conversations, whatever door is in front: pages, commands, tools.
public struct CustomerService: Sendable {
  static let formKeyBytes = 8...100

  public let ledger: Ledger
  public let files: AttachmentStore
  let settings: InboxSettings
  /// Something is to be sent: workers of this process should look now.
  let wake: @Sendable () -> Void

  public init(
    ledger: Ledger, files: AttachmentStore, settings: InboxSettings,
    wake: @escaping @Sendable () -> Void = {}
  ) {
    self.ledger = ledger
    self.files = files
    self.settings = settings
    self.wake = wake
  }

  public var answerWithin: Duration { settings.answerWithin }

  /// Writes the answer down; a worker sends it and reads it back.
  /// - Returns: the message's number.
  /// - Throws: `ReplyRefusal`, after which nothing will be sent; `PostgresError`.
  public func reply(_ request: ReplyRequest, by actor: Actor) async throws -> Int64 {
    if let why = ReplyText.problem(request.body) { throw ReplyRefusal.text(why) }
    guard Self.formKeyBytes.contains(request.formKey.utf8.count) else {
      throw ReplyRefusal.text("The form has no key; open the conversation anew.")
    }
    let recipients = request.recipients.filter {
      $0 == ThreadParticipant.customer || $0 == ThreadParticipant.operator
    }
    guard !recipients.isEmpty else { throw ReplyRefusal.text("Choose who gets the message.") }
    let plan = ReplyPlan(
      conversationID: request.conversationID, body: request.body, type: .manual,
      recipients: recipients, actor: actor, lastSeen: request.lastSeen, formKey: request.formKey,
      template: request.template, files: try await store(request.files))
    switch try await ledger.plan(plan) {
    case .planned(let id), .repeated(let id):
      wake()
      await ledger.announce()
      return id
    case .noSuchConversation: throw ReplyRefusal.noSuchConversation
    case .newer(let messages): throw ReplyRefusal.newer(messages)
    case .sameWordsOpen(let id): throw ReplyRefusal.sameWordsOpen(messageID: id)
    case .notAllowed(let recipient): throw ReplyRefusal.notAllowed(recipient: recipient)
    }
  }

  /// Begins a conversation with the customer of an order.
  /// - Returns: also the one that the same form, or the same words that wait, began before.
  /// - Throws: as `reply`.
  public func write(
    about orderID: String, topic: String, _ body: String, formKey: String, by actor: Actor
  ) async throws -> OpenedThread {
    if let why = ReplyText.problem(body) { throw ReplyRefusal.text(why) }
    let topic = MessageText.line(topic, max: ThreadOpening.topicMax + 1)
    guard !topic.isEmpty, topic.count <= ThreadOpening.topicMax else {
      throw ReplyRefusal.text("A topic has between 1 and \(ThreadOpening.topicMax) characters.")
    }
    guard Self.formKeyBytes.contains(formKey.utf8.count) else {
      throw ReplyRefusal.text("The form has no key; open the order anew.")
    }
    let opening = ThreadOpening(
      orderID: orderID, topic: topic, body: body, actor: actor, formKey: formKey)
    guard let opened = try await ledger.open(opening) else { throw ReplyRefusal.noSuchConversation }
    wake()
    await ledger.announce()
    return opened
  }

  private func store(_ given: [ReplyRequest.File]) async throws -> [ReplyPlan.File] {
    if given.count > AttachmentRules.filesMax {
      throw ReplyRefusal.file("At most \(AttachmentRules.filesMax) files go with one message.")
    }
    for file in given {
      if let why = AttachmentRules.problem(name: file.name, bytes: file.bytes.count) {
        throw ReplyRefusal.file(why)
      }
    }
    if given.reduce(0, { $0 + $1.bytes.count }) > AttachmentRules.sumBytesMax {
      throw ReplyRefusal.file(
        "All files of a message together may have \(AttachmentRules.sumBytesMax >> 20) MB.")
    }
    var stored: [ReplyPlan.File] = []
    for file in given {
      switch await files.put(file.bytes) {
      case .success(let sha256):
        stored.append(
          .init(
            name: AttachmentRules.name(file.name),
            contentType: AttachmentRules.contentType(file.name), sha256: sha256,
            bytes: file.bytes.count))
      case .failure(let error): throw ReplyRefusal.storage(error.description)
      }
    }
    return stored
  }

  /// A template filled in for this conversation, in its language.
  /// - Throws: `ReplyTemplate.Unresolved` when something is missing; `PostgresError`.
  public func fill(
    _ template: StoredTemplate, for conversationID: Int64, language: MessageLanguage,
    agent: String
  ) async throws -> String {
    guard let facts = try await ledger.replyFacts(conversationID) else {
      throw ReplyRefusal.noSuchConversation
    }
    let body = language == .french ? template.bodyFR ?? template.bodyEN : template.bodyEN
    return try ReplyTemplate.render(body, facts.values(in: language, agent: agent))
  }

  /// Sends a message again of which nobody knows whether it arrived: the thread is read first.
  public func retry(_ messageID: Int64, by actor: Actor) async throws -> MessageDecision {
    let decision = try await ledger.retryMessage(messageID, by: actor)
    if decision.isDone {
      wake()
      await ledger.announce()
    }
    return decision
  }

  /// - Parameter formKey: the same key again is the same note.
  /// - Throws: `ReplyRefusal.text` when the note is empty or too long; `PostgresError`.
  public func note(
    _ text: String, on conversationID: Int64, by actor: Actor, formKey: String? = nil
  ) async throws {
    let bare = MessageText.comparable(text)
    guard !bare.isEmpty, text.count <= ConversationNote.charactersMax else {
      throw ReplyRefusal.text(
        "A note has between 1 and \(ConversationNote.charactersMax) characters.")
    }
    guard try await ledger.addNote(conversationID, text, by: actor, formKey: formKey) else {
      throw ReplyRefusal.noSuchConversation
    }
  }
}
