import Kit

/// Trouble with the protocol itself, as JSON-RPC tells it. What a business refuses is no such trouble:
/// that is a tool's result, for the model to act on.
struct RPCError: Error, Sendable {
  /// JSON-RPC's own codes and those of MCP.
  enum Code: Int, Sendable {
    case parse = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    case internalError = -32603
    case headerMismatch = -32020
    case unsupportedVersion = -32022
  }

  var code: Code
  /// Safe to show.
  var message: String
  var data: JSON?

  init(_ code: Code, _ message: String, data: JSON? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// What the modern revision asks for; a legacy answer to a request is 200 whatever it says.
  var modernStatus: Int {
    switch code {
    case .parse, .invalidRequest, .invalidParams, .headerMismatch, .unsupportedVersion: 400
    case .methodNotFound: 404
    case .internalError: 200
    }
  }

  func json(id: RPCID?) -> JSON {
    var error: [(String, JSON)] = [
      ("code", .int(Int64(code.rawValue))), ("message", .string(message)),
    ]
    if let data { error.append(("data", data)) }
    return .object([("jsonrpc", "2.0"), ("id", id?.json ?? .null), ("error", .object(error))])
  }

  static func unsupported(_ requested: String) -> RPCError {
    RPCError(
      .unsupportedVersion, "this revision of the protocol is not spoken here",
      data: .object([
        ("supported", .array(Revision.names.map(JSON.string))),
        ("requested", .string(String(requested.prefix(64)))),
      ]))
  }

  static func unknownMethod(_ name: String) -> RPCError {
    RPCError(.methodNotFound, "there is no method '\(name.prefix(64))'")
  }

  static let system = RPCError(.internalError, "something went wrong on our side")
}
