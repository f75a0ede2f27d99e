import BookingAPI
import Kit

/// The revision of July 2026: every request stands alone and says in `_meta` which revision it speaks
/// and what its client can do. A question to the user is a result, `input_required`, and the client
/// calls again with the answer.
struct ModernDoor: Sendable {
  /// Lists change with a new release only.
  static let listLife = Duration.minutes(5)

  static let versionKey = "io.modelcontextprotocol/protocolVersion"
  static let capabilitiesKey = "io.modelcontextprotocol/clientCapabilities"
  static let serverKey = "io.modelcontextprotocol/serverInfo"

  let toolbox: Toolbox
  let version: String
  let correlationID: String

  /// Whether a message speaks this revision, or means to.
  static func isMeant(by params: JSONValue?) -> Bool { params?["_meta"]?[versionKey] != nil }

  /// - Parameter params: of the request; its `_meta` is checked here.
  /// - Returns: the result.
  func answer(_ method: String, _ params: JSONValue?) async throws(RPCError) -> JSON {
    let abilities = try Self.abilities(params)
    switch method {
    case "server/discover":
      return complete(
        [
          ("supportedVersions", .array(Revision.names.map(JSON.string))),
          ("capabilities", ServerCard.capabilities),
          ("instructions", .string(ServerCard.instructions)),
        ] + cached("public"))
    case "tools/list":
      // What a key may do decides what it is shown.
      return complete([("tools", .array(try await toolbox.list()))] + cached("private"))
    case "tools/call":
      let outcome = try await toolbox.call(
        try ToolRequest(params, abilities: abilities, correlationID: correlationID))
      switch outcome {
      case .result(let members): return complete(members)
      case .ask(let inquiries, let state):
        let requests = inquiries.map { inquiry in
          (
            inquiry.name,
            JSON.object([
              ("method", "elicitation/create"), ("params", .object(inquiry.params)),
            ])
          )
        }
        return .object([
          ("resultType", "input_required"), ("inputRequests", .object(requests)),
          ("requestState", .string(state)), meta,
        ])
      }
    default: throw .unknownMethod(method)
    }
  }

  private var meta: (String, JSON) {
    ("_meta", .object([(Self.serverKey, ServerCard.info(version: version))]))
  }

  private func complete(_ members: [(String, JSON)]) -> JSON {
    .object([("resultType", "complete")] + members + [meta])
  }

  private func cached(_ scope: JSON) -> [(String, JSON)] {
    [("ttlMs", .int(Int64(Self.listLife.milliseconds))), ("cacheScope", scope)]
  }

  /// - Throws: `RPCError` when `_meta` lacks what every request has to say.
  private static func abilities(_ params: JSONValue?) throws(RPCError) -> ClientAbilities {
    guard let meta = params?["_meta"], meta.kind == .object else {
      throw RPCError(.invalidParams, "params._meta is missing")
    }
    guard let version = meta[versionKey], version.kind == .string else {
      throw RPCError(.invalidParams, "params._meta lacks \(versionKey)")
    }
    guard let name = version.string, Revision(rawValue: name)?.isModern == true else {
      throw .unsupported(version.string ?? "")
    }
    guard let capabilities = meta[capabilitiesKey], capabilities.kind == .object else {
      throw RPCError(.invalidParams, "params._meta lacks \(capabilitiesKey)")
    }
    return ClientAbilities(capabilities, in: .july2026)
  }
}

extension ToolRequest {
  /// Reads the parameters of `tools/call`.
  init(
    _ params: JSONValue?, abilities: ClientAbilities, correlationID: String
  ) throws(RPCError) {
    guard let name = params?["name"], name.kind == .string, let tool = name.string else {
      throw RPCError(.invalidParams, "params.name must be a tool's name")
    }
    let given = params?["arguments"].flatMap { $0.isNull ? nil : $0 }
    let arguments: JSONValue
    if let given { arguments = given } else { arguments = try RPCMessage.parse(Array("{}".utf8)) }
    guard arguments.kind == .object else {
      throw RPCError(.invalidParams, "params.arguments must be an object")
    }
    let responses = params?["inputResponses"].flatMap { $0.isNull ? nil : $0 }
    let state = params?["requestState"].flatMap { $0.isNull ? nil : $0 }
    guard responses == nil || responses?.kind == .object, state == nil || state?.kind == .string
    else {
      throw RPCError(
        .invalidParams, "params.inputResponses must be an object, requestState a string")
    }
    let parent = params?["_meta"]?["traceparent"]?.string
    self.init(
      name: tool, arguments: arguments, responses: responses, state: state?.string,
      abilities: abilities, correlationID: parent.flatMap(Correlation.traceID) ?? correlationID)
  }
}
