import Kit

/// The revisions of 2025: `initialize` first, then requests within that session. A question to the user
/// is a request of ours, which travels to the client in the midst of its own.
struct LegacyDoor: Sendable {
  /// A question that is not answered for so long is given up; the draft stays.
  static let dialogPatience = Duration.minutes(10)

  let toolbox: Toolbox
  let version: String
  let correlationID: String

  /// Reads the parameters of `initialize`: the revision that both speak, and what the client can show.
  static func greet(_ params: JSONValue?) throws(RPCError) -> (Revision, ClientAbilities) {
    guard let wanted = params?["protocolVersion"], wanted.kind == .string else {
      throw RPCError(.invalidParams, "params.protocolVersion must be a revision's name")
    }
    let capabilities = params?["capabilities"]
    guard capabilities?.kind == .object else {
      throw RPCError(.invalidParams, "params.capabilities must be an object")
    }
    let known = wanted.string.flatMap { Revision(rawValue: $0) }
    let revision = known.flatMap { $0.isModern ? nil : $0 } ?? .legacyDefault
    return (revision, ClientAbilities(capabilities, in: revision))
  }

  func welcome(_ revision: Revision) -> JSON {
    .object([
      ("protocolVersion", .string(revision.rawValue)), ("capabilities", ServerCard.capabilities),
      ("serverInfo", ServerCard.info(version: version)),
      ("instructions", .string(ServerCard.instructions)),
    ])
  }

  /// Sends a message to the client while its request is open.
  typealias Send = @Sendable (JSON) async -> Void

  /// - Parameter canAsk: a question can travel to the client from here.
  /// - Parameter send: takes what goes to the client before the result.
  func answer(
    _ id: RPCID, _ method: String, _ params: JSONValue?, in session: LegacySession, canAsk: Bool,
    send: @escaping Send
  ) async throws(RPCError) -> JSON {
    switch method {
    case "ping": return [:]
    case "tools/list":
      let tools = try await toolbox.list()
      return .object([("tools", .array(tools.map { Self.shown($0, in: session.revision) }))])
    case "tools/call":
      let abilities = canAsk ? session.abilities : .none
      var request = try ToolRequest(params, abilities: abilities, correlationID: correlationID)
      // Both are of the modern revision: here the answers come by the dialog alone.
      request.responses = nil
      request.state = nil
      return try await call(request, id, in: session, send)
    default: throw .unknownMethod(method)
    }
  }

  private func call(
    _ request: ToolRequest, _ id: RPCID, in session: LegacySession, _ send: Send
  ) async throws(RPCError) -> JSON {
    session.begin(id)
    defer { session.finish(id) }
    switch try await toolbox.call(request) {
    case .result(let members): return Self.shown(members, in: session.revision)
    case .ask(let inquiries, let state):
      var answers: [(String, JSON)] = []
      for inquiry in inquiries {
        let reply = await ask(inquiry, for: id, in: session, send)
        answers.append((inquiry.name, reply.map { JSON($0) } ?? ["action": "cancel"]))
      }
      var again = request
      again.responses = try RPCMessage.parse(JSON.object(answers).bytes)
      again.state = state
      guard case .result(let members) = try await toolbox.call(again) else {
        throw RPCError.system
      }
      return Self.shown(members, in: session.revision)
    }
  }

  /// - Returns: the client's result; `nil` when it has none, refuses, goes away or takes too long.
  private func ask(
    _ inquiry: Inquiry, for call: RPCID, in session: LegacySession, _ send: Send
  ) async -> JSONValue? {
    guard let dialog = session.openDialog(for: call) else { return nil }
    var params = inquiry.params
    if session.revision == .june2025 {
      params.removeAll { $0.0 == "mode" }
    } else if params.contains(where: { $0.0 == "url" }) {
      params.append(("elicitationId", dialog.json))
    }
    await send(
      .object([
        ("jsonrpc", "2.0"), ("id", dialog.json), ("method", "elicitation/create"),
        ("params", .object(params)),
      ]))
    let reply = await session.reply(to: dialog, within: Self.dialogPatience)
    guard let reply, reply.kind == .object, reply["action"]?.kind == .string else { return nil }
    return reply
  }

  /// The first revision knows nothing of titles and structured results.
  private static func shown(_ members: [(String, JSON)], in revision: Revision) -> JSON {
    .object(
      revision.hasStructure ? members : members.filter { $0.0 != "structuredContent" })
  }

  private static func shown(_ tool: JSON, in revision: Revision) -> JSON {
    guard !revision.hasStructure, case .object(let members) = tool else { return tool }
    return .object(members.filter { $0.0 != "outputSchema" && $0.0 != "title" })
  }
}
