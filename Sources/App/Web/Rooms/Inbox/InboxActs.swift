import Conversations
import CustomerService
import HTTP
import Kit
import Ledger
import Operations
import People

/// What people do in the inbox.
enum InboxActs {
  static func reply(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("thread", "conversation")
    let recipients: [String] =
      switch visit.form["to"] {
      case "both": [ThreadParticipant.customer, ThreadParticipant.operator]
      case "operator": [ThreadParticipant.operator]
      default: [ThreadParticipant.customer]
      }
    let files = visit.form.files.filter { $0.filename?.isEmpty == false }.map {
      ReplyRequest.File(name: $0.filename ?? "file", bytes: Array($0.body))
    }
    let draft = visit.form.raw("body") ?? ""
    let request = ReplyRequest(
      conversationID: id, body: draft, recipients: recipients,
      lastSeen: Int64(visit.form["last"] ?? "") ?? 0, formKey: visit.form["key"] ?? "",
      template: visit.form["template_name"], files: files)
    do {
      _ = try await visit.customers.reply(request, by: visit.actor)
    } catch let refusal as ReplyRefusal {
      return try await refused(visit, refusal, draft, hadFiles: !files.isEmpty)
    }
    return try await visit.done(
      .thread(id), "Your answer is on its way; it counts as sent when the thread shows it.")
  }

  /// The page again, with the words that were not sent, and why.
  private static func refused(
    _ visit: Visit, _ refusal: ReplyRefusal, _ draft: String, hadFiles: Bool
  ) async throws -> HTTPResponse {
    var page = try await ThreadView(visit)
    page.draft = draft
    page.recipient = visit.form["to"]
    var words = refusal.description
    if hadFiles { words += " Choose the files again." }
    page.problem = words
    var status = 400
    if case .newer(let messages) = refusal {
      page.newer = messages
      status = 409
    }
    return try await visit.page(
      page.name, in: .inbox, scripts: [Room.inboxScript], status: status, page.markup())
  }

  static func note(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("thread", "conversation")
    do {
      try await visit.customers.note(
        visit.form.raw("note") ?? "", on: id, by: visit.actor, formKey: try visit.sentFormKey())
    } catch let refusal as ReplyRefusal {
      throw PageProblem.unclear(refusal.description)
    }
    return try await visit.done(.thread(id), "Noted; only we see it.")
  }

  static func setStatus(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("thread", "conversation")
    guard let status = visit.form["status"].flatMap(ThreadStatus.init(rawValue:)) else {
      throw PageProblem.unclear("A conversation is unread, read or archived.")
    }
    let seen = Int64(visit.form["last"] ?? "") ?? 0
    switch try await visit.ledger.setStatus(id, to: status, by: visit.actor, lastSeen: seen) {
    case .noSuchConversation: throw PageProblem.notFound("There is no conversation \(id).")
    case .newer:
      return try await visit.done(
        .thread(id), "Something newer arrived, so it stays as it is. Read it first.", .warn)
    case .done: break
    }
    switch status {
    case .archived: return try await visit.done(.inbox, "Archived. A new message brings it back.")
    case .unread: return try await visit.done(.inbox, "Unread again.")
    case .read: return try await visit.done(.thread(id), "Read.")
    }
  }

  static func retry(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("message", "message")
    let decision = try await visit.customers.retry(id, by: visit.actor)
    guard decision.isDone else { throw PageProblem.refused(decision.why ?? "It stays as it is.") }
    return try await visit.done(
      back(visit), "It is tried again: the thread is read first, and only what is missing is sent.")
  }

  static func discard(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("message", "message")
    let decision = try await visit.ledger.discardMessage(id, by: visit.actor)
    guard decision.isDone else { throw PageProblem.refused(decision.why ?? "It stays as it is.") }
    return try await visit.done(back(visit), "Discarded; it will not be sent.", .calm)
  }

  private static func back(_ visit: Visit) -> Path {
    visit.form["thread"].flatMap { Int64($0) }.map(Path.thread) ?? .inbox
  }

  /// A browser says that it has the conversation open; it is told who else has, and what is newest.
  static func presence(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("thread", "conversation")
    if visit.form["leave"] != nil {
      try await visit.ledger.leave(id, actor: visit.session.fullName)
      return .empty(204)
    }
    let others = try await visit.ledger.notePresence(
      id, actor: visit.session.fullName, isWriting: visit.form["writing"] == "1")
    if visit.form["opened"] == "1", visit.can(.answerCustomers) {
      _ = try await visit.ledger.markRead(id)
    }
    let newest = try await visit.ledger.newestMessage(of: id)
    return .json([
      "others": .array(
        others.map { ["name": .string($0.actor), "writing": .bool($0.isWriting)] }),
      "newest": .int(newest),
    ])
  }

  /// A template filled in for this conversation, or what is missing.
  static func fillTemplate(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("thread", "conversation")
    guard let name = visit.request.query("name"),
      let template = try await visit.ledger.templates().first(where: { $0.name == name })
    else { throw PageProblem.notFound("There is no such template.") }
    let language = visit.request.query("language").flatMap(MessageLanguage.init(rawValue:))
    do {
      let text = try await visit.customers.fill(
        template, for: id, language: language ?? .english, agent: visit.session.fullName)
      return .json(["text": .string(text)])
    } catch let missing as ReplyTemplate.Unresolved {
      return .json(["problem": .string("Not filled in: \(missing).")])
    }
  }

  /// Whatever it is, it is saved and not shown: a browser never opens a customer's file on our pages.
  static func file(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("file", "file")
    guard let file = try await visit.ledger.attachment(id), let sha256 = file.sha256 else {
      throw PageProblem.notFound("That file is not here (yet).")
    }
    guard let bytes = try await visit.customers.files.read(sha256) else {
      throw PageProblem.refused("That file is not in this machine's state folder.")
    }
    var response = HTTPResponse.bytes(bytes, type: "application/octet-stream")
    let ascii = String(
      file.name.map { $0.isASCII && $0 != "\"" && $0 != "\\" && !$0.isNewline ? $0 : "_" })
    response.headers["Content-Disposition"] =
      "attachment; filename=\"\(ascii)\"; filename*=UTF-8''\(PercentEncoding.encode(file.name))"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
  }

  static func saveTemplate(_ visit: Visit) async throws -> HTTPResponse {
    do {
      let french = visit.form.raw("body_fr").flatMap(Text.trimmed)
      try await visit.customers.saveTemplate(
        name: visit.form["name"] ?? "", bodyEN: visit.form.raw("body_en") ?? "", bodyFR: french,
        by: visit.actor)
    } catch let refusal as ReplyRefusal {
      throw PageProblem.unclear(refusal.description)
    }
    return try await visit.done(
      .inboxTemplates, "Saved. Rules that use it are disarmed until somebody tries them again.")
  }
}
