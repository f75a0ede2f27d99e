import Kit

/// A tool's call, whatever way it came.
struct ToolRequest: Sendable {
  var name: String
  /// An object.
  var arguments: JSONValue
  /// What the client's user answered, by the inquiries' names; `nil` before anybody was asked.
  var responses: JSONValue?
  /// As it was given with the inquiries. Not to be trusted: whoever calls could have made it up.
  var state: String?
  var abilities: ClientAbilities
  var correlationID: String
}

/// A question to the client's user.
struct Inquiry: Sendable {
  var name: String
  /// Of `elicitation/create`.
  var params: [(String, JSON)]
}

enum ToolOutcome: Sendable {
  /// The members of a result: `content`, `structuredContent`, `isError`.
  case result([(String, JSON)])
  case ask([Inquiry], state: String)
}

/// The tools behind a door: of this process, or of a server somewhere else.
struct Toolbox: Sendable {
  /// Each tool as `tools/list` shows it, in an order that stays.
  var list: @Sendable () async throws(RPCError) -> [JSON]
  /// - Throws: `RPCError` when there is no such tool, or the call has no form.
  var call: @Sendable (ToolRequest) async throws(RPCError) -> ToolOutcome
}
