import Booking
import Cryptography
import HTTP
import Kit

/// One POST to `/mcp`, whose key is known: which revision it speaks, and its answer.
struct HTTPExchange: Sendable {
  /// Messages of one array, in the one revision that has them.
  static let batchMax = 32

  let door: MCPDoor
  let request: HTTPRequest
  let principal: Principal
  let correlationID: String

  var toolbox: Toolbox { .bookings(door.service, for: principal) }

  /// - Parameter revisions: of the header MCP-Protocol-Version.
  /// - Throws: `RPCError` where no message can be told from what came.
  func answer(_ revisions: [String]) async throws(RPCError) -> HTTPResponse {
    guard revisions.count <= 1 else {
      throw RPCError(.headerMismatch, "MCP-Protocol-Version is given twice")
    }
    let named = try revisions.first.map { (name) throws(RPCError) -> Revision in
      guard let revision = Revision(rawValue: name) else { throw .unsupported(name) }
      return revision
    }
    let json = try RPCMessage.parse(request.body)
    if named?.isModern == true { return try await modern(try RPCMessage(json)) }
    if json.kind == .array { return try await legacyBatch(json, named) }
    let message = try RPCMessage(json)
    // It means the modern revision, and whatever stands between us was not told so.
    if case .request(let id, _, let params) = message, named == nil, ModernDoor.isMeant(by: params)
    {
      return Self.failed(
        RPCError(.headerMismatch, "MCP-Protocol-Version is missing"), id, isModern: true)
    }
    return try await legacy(message, named)
  }

  // MARK: Modern

  private func modern(_ message: RPCMessage) async throws(RPCError) -> HTTPResponse {
    switch message {
    // There are none to act on: a request is given up by closing its connection.
    case .notification: return .empty(202)
    case .answer: throw RPCError(.invalidRequest, "nothing was asked on this connection")
    case .request(let id, let method, let params):
      do throws(RPCError) {
        try checkHeaders(method, params)
        let door = ModernDoor(
          toolbox: toolbox, version: self.door.version, correlationID: correlationID)
        return .json(.answer(id, try await door.answer(method, params)))
      } catch {
        return Self.failed(error, id, isModern: true)
      }
    }
  }

  /// What servers on the way route by has to be what the message says.
  private func checkHeaders(_ method: String, _ params: JSONValue?) throws(RPCError) {
    for name in ["Mcp-Method", "Mcp-Name"] where request.headers.all(name).count > 1 {
      throw RPCError(.headerMismatch, "\(name) is given twice")
    }
    if let meta = params?["_meta"], meta.kind == .object,
      let version = meta[ModernDoor.versionKey]?.string,
      version != request.headers["MCP-Protocol-Version"]
    {
      throw RPCError(.headerMismatch, "MCP-Protocol-Version is not what params._meta says")
    }
    guard request.headers["Mcp-Method"] == method else {
      throw RPCError(.headerMismatch, "Mcp-Method is not the message's method")
    }
    if method == "tools/call", let name = params?["name"]?.string {
      guard Self.decoded(request.headers["Mcp-Name"]) == name else {
        throw RPCError(.headerMismatch, "Mcp-Name is not the message's tool")
      }
    }
  }

  /// `=?base64?...?=` stands for what a header cannot hold.
  private static func decoded(_ value: String?) -> String? {
    guard let value, value.hasPrefix("=?base64?"), value.hasSuffix("?=") else { return value }
    guard let bytes = Base64.decode(value.dropFirst(9).dropLast(2)) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  // MARK: Legacy

  private func legacy(
    _ message: RPCMessage, _ named: Revision?
  ) async throws(RPCError) -> HTTPResponse {
    let door = LegacyDoor(
      toolbox: toolbox, version: self.door.version, correlationID: correlationID)
    if case .request(let id, "initialize", let params) = message {
      do throws(RPCError) { return try begin(door, id, params) } catch {
        return Self.failed(error, id, isModern: false)
      }
    }
    let session: LegacySession
    switch find(named) {
    case .success(let found): session = found
    case .failure(let refusal): return refusal
    }
    switch message {
    case .notification(let method, let params):
      note(method, params, session)
      return .empty(202)
    case .answer(let id, let result):
      guard session.settle(id, result) else {
        throw RPCError(.invalidRequest, "that was not asked, or is answered")
      }
      return .empty(202)
    case .request(let id, let method, let params):
      return await streamed { send in
        await self.result(door, id, method, params, session, canAsk: takesEvents, send)
      }
    }
  }

  private func begin(
    _ door: LegacyDoor, _ id: RPCID, _ params: JSONValue?
  ) throws(RPCError) -> HTTPResponse {
    let (revision, abilities) = try LegacyDoor.greet(params)
    guard let session = self.door.sessions.begin(revision, abilities, keyID: principal.keyID)
    else { throw RPCError(.internalError, "too many sessions are open; end some, or come back") }
    var response = HTTPResponse.json(.answer(id, door.welcome(revision)))
    response.headers["Mcp-Session-Id"] = session.id
    return response
  }

  private enum Found {
    case success(LegacySession)
    case failure(HTTPResponse)
  }

  private func find(_ named: Revision?) -> Found {
    let ids = request.headers.all("Mcp-Session-Id")
    func refusal(_ words: String, _ status: Int) -> Found {
      .failure(.json(RPCError(.invalidRequest, words).json(id: nil), status: status))
    }
    guard ids.count == 1, let id = ids.first else {
      return refusal("begin with initialize, and send the Mcp-Session-Id of its answer", 400)
    }
    guard let session = door.sessions.session(id, keyID: principal.keyID) else {
      return refusal("there is no such session; begin anew with initialize", 404)
    }
    guard named == nil || named == session.revision else {
      return refusal("this session speaks \(session.revision.rawValue)", 400)
    }
    return .success(session)
  }

  private func note(_ method: String, _ params: JSONValue?, _ session: LegacySession) {
    guard method == "notifications/cancelled", let id = params?["requestId"].flatMap({ RPCID($0) })
    else { return }
    session.cancel(id)
  }

  private func result(
    _ door: LegacyDoor, _ id: RPCID, _ method: String, _ params: JSONValue?,
    _ session: LegacySession, canAsk: Bool, _ send: @escaping LegacyDoor.Send
  ) async -> JSON {
    do throws(RPCError) {
      return .answer(
        id, try await door.answer(id, method, params, in: session, canAsk: canAsk, send: send))
    } catch {
      return error.json(id: id)
    }
  }

  private func legacyBatch(
    _ json: JSONValue, _ named: Revision?
  ) async throws(RPCError) -> HTTPResponse {
    let session: LegacySession
    switch find(named) {
    case .success(let found): session = found
    case .failure(let refusal): return refusal
    }
    let all = json.elements
    guard session.revision.hasBatches, (1...Self.batchMax).contains(all.count) else {
      throw RPCError(
        .invalidRequest,
        session.revision.hasBatches
          ? "a batch has 1 to \(Self.batchMax) messages"
          : "this revision takes one message at a time")
    }
    let door = LegacyDoor(
      toolbox: toolbox, version: self.door.version, correlationID: correlationID)
    var answers: [JSON] = []
    for one in all {
      do throws(RPCError) {
        switch try RPCMessage(one) {
        case .notification(let method, let params): note(method, params, session)
        case .answer(let id, let result): session.settle(id, result)
        case .request(_, "initialize", _):
          throw RPCError(.invalidRequest, "initialize is never part of a batch")
        case .request(let id, let method, let params):
          answers.append(
            await result(door, id, method, params, session, canAsk: false, { _ in }))
        }
      } catch {
        answers.append(error.json(id: one["id"].flatMap { RPCID($0) }))
      }
    }
    return answers.isEmpty ? .empty(202) : .json(.array(answers))
  }

  // MARK: Answers

  private static func failed(_ error: RPCError, _ id: RPCID, isModern: Bool) -> HTTPResponse {
    .json(error.json(id: id), status: isModern ? error.modernStatus : 200)
  }

  /// The client reads events, so that a question can come before the answer.
  var takesEvents: Bool {
    request.headers.all("Accept").joined(separator: ",").lowercased().contains("text/event-stream")
  }
}
