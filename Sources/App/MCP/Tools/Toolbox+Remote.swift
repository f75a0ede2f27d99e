import Booking
import HTTP
import HTTPClient
import Kit

extension Toolbox {
  /// The tools of another server's `/mcp`, asked for in the modern revision: its questions to the user
  /// come back as results, whatever the client before us speaks.
  static func remote(
    _ url: String, secret: String, http: HTTPClient, version: String
  ) -> Toolbox {
    let far = FarServer(url: url, secret: secret, http: http, version: version)
    return Toolbox(
      list: { () throws(RPCError) in
        switch await far.ask("tools/list", name: nil, [], .none, "list") {
        case .success(let result):
          return (result["tools"]?.elements ?? []).map { tool in
            .object(tool.members.map { ($0.key, JSON($0.value)) })
          }
        case .rpc(let error): throw error
        case .trouble(let error): throw RPCError(.internalError, error.description)
        }
      },
      call: { (request) throws(RPCError) in
        var params: [(String, JSON)] = [
          ("name", .string(request.name)), ("arguments", JSON(request.arguments)),
        ]
        if let responses = request.responses { params.append(("inputResponses", JSON(responses))) }
        if let state = request.state { params.append(("requestState", .string(state))) }
        switch await far.ask(
          "tools/call", name: request.name, params, request.abilities, request.correlationID)
        {
        case .success(let result): return ToolOutcome(far: result)
        case .rpc(let error): throw error
        case .trouble(let error): return .refused(error, correlationID: request.correlationID)
        }
      })
  }
}

extension ToolOutcome {
  /// As another server gave it.
  fileprivate init(far result: JSONValue) {
    guard result["resultType"]?.string == "input_required" else {
      self = .result(
        result.members.filter { ["content", "structuredContent", "isError"].contains($0.key) }
          .map { ($0.key, JSON($0.value)) })
      return
    }
    let inquiries = (result["inputRequests"]?.members ?? []).map { member in
      Inquiry(
        name: member.key,
        params: (member.value["params"]?.members ?? []).map { ($0.key, JSON($0.value)) })
    }
    self = .ask(inquiries, state: result["requestState"]?.string ?? "")
  }
}

/// A server that is reached over HTTP.
private struct FarServer: Sendable {
  static let deadline = Duration.seconds(60)
  static let answerBytesMax = 8 << 20

  enum Answer {
    case success(JSONValue)
    case rpc(RPCError)
    case trouble(BookingError)
  }

  let url: String
  let secret: String
  let http: HTTPClient
  let version: String

  func ask(
    _ method: String, name: String?, _ params: [(String, JSON)], _ abilities: ClientAbilities,
    _ correlationID: String
  ) async -> Answer {
    if let name, !HTTPHeaders.isToken(name) {
      return .rpc(RPCError(.invalidParams, "there is no tool '\(name.prefix(64))'"))
    }
    let meta: JSON = .object([
      (ModernDoor.versionKey, .string(Revision.july2026.rawValue)),
      (ModernDoor.capabilitiesKey, abilities.json),
      ("io.modelcontextprotocol/clientInfo", ServerCard.info(version: version)),
    ])
    var headers: HTTPHeaders = [
      "Authorization": "Bearer " + secret, "Content-Type": "application/json",
      "Accept": "application/json, text/event-stream",
      "MCP-Protocol-Version": Revision.july2026.rawValue, "Mcp-Method": method,
      "X-Correlation-ID": correlationID,
    ]
    headers["Mcp-Name"] = name
    let body: JSON = .object([
      ("jsonrpc", "2.0"), ("id", 1), ("method", .string(method)),
      ("params", .object(params + [("_meta", meta)])),
    ])
    do throws(HTTPClientError) {
      return Self.read(
        try await http.send(
          HTTPClientRequest(
            method: "POST", url: url, headers: headers, body: body.bytes, deadline: Self.deadline,
            maxResponseBytes: Self.answerBytesMax)))
    } catch {
      return .trouble(
        BookingError(
          .integration,
          "the booking server did not answer (\(error.message)); the same call may "
            + "be sent again"))
    }
  }

  private static func read(_ response: HTTPClientResponse) -> Answer {
    guard let json = try? JSONValue.parse(response.body) else {
      return .trouble(
        BookingError(.integration, "the booking server answered \(response.status) without JSON"))
    }
    if let result = json["result"], result.kind == .object { return .success(result) }
    let words = json["error"]?["message"]?.string ?? "status \(response.status)"
    if json["jsonrpc"] != nil, let code = json["error"]?["code"]?.int {
      return .rpc(RPCError(RPCError.Code(rawValue: Int(code)) ?? .internalError, words))
    }
    let code = json["error"]?["code"]?.string.flatMap { BookingCode(rawValue: $0) }
    return .trouble(BookingError(code ?? .integration, words))
  }
}
