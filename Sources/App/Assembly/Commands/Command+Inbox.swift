import Conversations
import CustomerService
import Kit
import Ledger
import Operations
import People

extension Command {
  static let pullMessages = Command(
    name: "pull-messages", summary: "Pulls customers' messages now; armed rules look at them.",
    usage: "pull-messages",
    details: """
      One pull of every shop's threads and files, then one look of the armed rules. Nothing is sent
      here: answers are planned, and sent by whoever works (`quayside work`, `quayside run messages`).
      """,
    options: [.init(name: "shop", value: "NAME", meaning: "only this shop"), json]
  ) { arguments, context in
    let installation = try await Installation.open(context)
    try await installation.openShops()
    var report = MessagePullReport()
    for shop in installation.shops
    where arguments.text("shop") == nil || shop.settings.id == arguments.text("shop") {
      report = report + (await installation.inboxRounds(shop).pass())
    }
    await installation.close()
    context.print(arguments.has("json") ? report.json.text : report.words)
    return report.problem == nil ? ExitStatus.fine : ExitStatus.trouble
  }

  static let threads = Command(
    name: "threads",
    summary: "Conversations with customers, the most urgent first; or one of them.",
    usage: "threads [NUMBER]",
    options: [
      .init(name: "view", value: "VIEW", meaning: "open, unread, archived or all (open)"),
      .init(name: "search", value: "WORDS", meaning: "in messages, names and order numbers"),
      .init(name: "limit", value: "N", meaning: "how many (50)"), json,
    ], words: 0...1
  ) { arguments, context in
    let limit = try arguments.int("limit", or: 50, in: 1...1_000)
    guard let view = ThreadFilter.View(rawValue: arguments.text("view") ?? "open") else {
      throw UsageError(command: "threads", "--view is open, unread, archived or all")
    }
    if let word = arguments.words.first {
      guard let id = Int64(word) else {
        throw UsageError(command: "threads", "takes a conversation's number")
      }
      let page = try await reading(context) { try await $0.ledger.thread(id, limit: limit) }
      guard let page else { throw NotFound(description: "no conversation \(id)") }
      context.print(arguments.has("json") ? page.json.text : page.words)
      return ExitStatus.fine
    }
    let filter = ThreadFilter(view: view, search: arguments.text("search"), limit: limit)
    let threads = try await reading(context) { try await $0.ledger.threads(filter) }
    if arguments.has("json") {
      context.print(JSON.array(threads.map(\.json)).text)
    } else {
      context.print(
        Table.text(
          ["number", "status", "answer by", "customer", "order", "last", "says"],
          threads.map {
            [
              "\($0.id)", $0.status.rawValue, $0.answerBy?.short ?? "-", $0.customerName ?? "-",
              $0.orderID ?? "-", $0.lastSender?.rawValue ?? "-", $0.preview,
            ]
          }))
    }
    return ExitStatus.fine
  }

  static let reply = Command(
    name: "reply", summary: "Answers in a conversation; or decides about an answer that failed.",
    usage:
      "reply NUMBER (--text TEXT | --template NAME) | reply --retry MESSAGE | --discard MESSAGE",
    details: """
      Writes the answer down and returns; a worker sends it and reads it back. The same --key twice is
      one message. With --last N nothing is sent when a message newer than N arrived. --retry reads the
      thread first and sends only what is not there.
      """,
    options: [
      .init(name: "text", value: "TEXT", meaning: "what to say"),
      .init(
        name: "template", value: "NAME", meaning: "a template, filled in for this conversation"),
      .init(name: "file", value: "PATH", meaning: "a file that goes with it"),
      .init(name: "to", value: "WHO", meaning: "customer, operator or both (customer)"),
      .init(name: "key", value: "KEY", meaning: "of this answer, so that a repeat is none"),
      .init(name: "last", value: "N", meaning: "the newest message that you have seen"),
      .init(name: "retry", value: "MESSAGE", meaning: "send it, unless the thread shows it"),
      .init(name: "discard", value: "MESSAGE", meaning: "give it up"), json,
    ], words: 0...1
  ) { arguments, context in
    if let text = arguments.text("retry") ?? arguments.text("discard") {
      guard let id = Int64(text) else {
        throw UsageError(command: "reply", "takes a message's number")
      }
      let isRetry = arguments.text("retry") != nil
      let decision = try await reading(context) { installation in
        let service = installation.customerService()
        return isRetry
          ? try await service.retry(id, by: .commandLine(context.actor))
          : try await installation.ledger.discardMessage(id, by: .commandLine(context.actor))
      }
      guard decision.isDone else { throw NotFound(description: decision.why ?? "not done") }
      context.print(
        arguments.has("json")
          ? JSON.object([("message", .int(id))]).text : isRetry ? "set going again" : "given up")
      return ExitStatus.fine
    }
    guard let word = arguments.words.first, let conversation = Int64(word) else {
      throw UsageError(
        command: "reply", "takes a conversation's number; `quayside threads` lists them")
    }
    let recipients = try recipients(arguments.text("to") ?? "customer")
    let files = try arguments.text("file").map { path in
      [
        ReplyRequest.File(
          name: path, bytes: try FileBytes.read(path, limit: AttachmentRules.bytesMax + 1))
      ]
    }
    let last =
      try arguments.text("last") == nil ? nil : arguments.int("last", or: 0, in: 0...Int.max)
    let message = try await reading(context) { installation in
      let body = try await text(arguments, conversation, installation, context.actor)
      return try await installation.customerService().reply(
        ReplyRequest(
          conversationID: conversation, body: body, recipients: recipients,
          lastSeen: last.map(Int64.init), formKey: arguments.text("key") ?? UUIDv7.make().text,
          template: arguments.text("template"), files: files ?? []), by: .commandLine(context.actor)
      )
    }
    context.print(
      arguments.has("json")
        ? JSON.object([("message", .int(message))]).text
        : "planned as message \(message); a worker sends it and reads it back")
    return ExitStatus.fine
  }

  private static func recipients(_ word: String) throws(UsageError) -> [String] {
    switch word {
    case "customer": return [ThreadParticipant.customer]
    case "operator": return [ThreadParticipant.operator]
    case "both": return [ThreadParticipant.customer, ThreadParticipant.operator]
    default: throw UsageError(command: "reply", "--to is customer, operator or both")
    }
  }

  private static func text(
    _ arguments: Arguments, _ conversation: Int64, _ installation: Installation, _ actor: String
  ) async throws -> String {
    if let text = arguments.text("text") { return text }
    guard let name = arguments.text("template") else {
      throw UsageError(command: "reply", "needs --text or --template")
    }
    guard let template = try await installation.ledger.templates().first(where: { $0.name == name })
    else { throw NotFound(description: "no template “\(name)”") }
    guard let page = try await installation.ledger.thread(conversation, limit: 1) else {
      throw NotFound(description: "no conversation \(conversation)")
    }
    return try await installation.customerService().fill(
      template, for: conversation, language: page.thread.language, agent: actor)
  }
}
