import Kit

/// The id of a request: text or a whole number, and nothing else.
enum RPCID: Sendable, Hashable {
  case number(Int64)
  case text(String)

  static let bytesMax = 256

  init?(_ value: JSONValue) {
    switch value.kind {
    case .string:
      guard let text = value.string, text.utf8.count <= Self.bytesMax else { return nil }
      self = .text(text)
    case .number:
      guard let number = Int64(value.rawText) else { return nil }
      self = .number(number)
    case .null, .bool, .array, .object: return nil
    }
  }

  var json: JSON {
    switch self {
    case .number(let number): .int(number)
    case .text(let text): .string(text)
    }
  }
}

/// One message of JSON-RPC 2.0.
enum RPCMessage: Sendable {
  case request(id: RPCID, method: String, params: JSONValue?)
  case notification(method: String, params: JSONValue?)
  /// To a request of ours; `nil` where it was an error.
  case answer(id: RPCID, result: JSONValue?)

  static let methodBytesMax = 128
  /// Deep enough for a tool's arguments within their envelope, and no deeper.
  static let limits = JSONLimits(bytes: 256 << 10, depth: 24)

  /// - Throws: `RPCError` `.invalidRequest`; a member that is given twice is refused, since two readers
  ///   of it could differ.
  init(_ json: JSONValue) throws(RPCError) {
    guard json.kind == .object else {
      throw RPCError(.invalidRequest, "a message is one JSON object")
    }
    let names = json.members.map(\.key)
    guard Set(names).count == names.count else {
      throw RPCError(.invalidRequest, "a member is given twice")
    }
    guard json["jsonrpc"]?.kind == .string, json["jsonrpc"]?.string == "2.0" else {
      throw RPCError(.invalidRequest, "jsonrpc must be \"2.0\"")
    }
    let params = json["params"].flatMap { $0.isNull ? nil : $0 }
    guard params == nil || params?.kind == .object else {
      throw RPCError(.invalidRequest, "params must be an object")
    }
    let id = json["id"].flatMap { RPCID($0) }
    guard let method = json["method"] else {
      guard let id, json["result"] != nil || json["error"] != nil else {
        throw RPCError(.invalidRequest, "neither a request nor an answer")
      }
      self = .answer(id: id, result: json["error"] == nil ? json["result"] : nil)
      return
    }
    guard method.kind == .string, let name = method.string,
      (1...Self.methodBytesMax).contains(name.utf8.count)
    else { throw RPCError(.invalidRequest, "method must be a name") }
    guard json["id"] != nil else {
      self = .notification(method: name, params: params)
      return
    }
    guard let id else {
      throw RPCError(.invalidRequest, "id must be text or a whole number")
    }
    self = .request(id: id, method: name, params: params)
  }

  static func parse(_ bytes: [UInt8]) throws(RPCError) -> JSONValue {
    do throws(JSONError) { return try JSONValue.parse(bytes, limits: limits) } catch {
      throw RPCError(.parse, error.description)
    }
  }
}

extension JSON {
  static func answer(_ id: RPCID, _ result: JSON) -> JSON {
    .object([("jsonrpc", "2.0"), ("id", id.json), ("result", result)])
  }
}
