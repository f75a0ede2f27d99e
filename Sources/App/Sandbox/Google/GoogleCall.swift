import HTTP

/// What a request to Google's services, or to the push server, asks for.
enum GoogleCall: Sendable {
  case token
  case get(spreadsheet: String, range: String)
  case batchGet(spreadsheet: String)
  case append(spreadsheet: String, range: String)
  case update(spreadsheet: String, range: String)
  case batchUpdate(spreadsheet: String)
  case send(project: String)
  case publish
  case poll(topic: String)
  case unknown

  init(_ request: HTTPRequest) {
    // A decoded `/` is no separator: a sheet's title may hold one.
    let path = request.rawPath.split(separator: "/").map { PercentEncoding.decode($0) }
    self = GoogleCall(request.method, path)
  }

  private init(_ method: String, _ path: [String]) {
    switch (method, path.count, path.first ?? "") {
    case ("POST", 1, "token"): self = .token
    case ("GET", 5, "v4") where path[3] == "values":
      self = .get(spreadsheet: path[2], range: path[4])
    case ("PUT", 5, "v4") where path[3] == "values":
      self = .update(spreadsheet: path[2], range: path[4])
    case ("POST", 5, "v4") where path[3] == "values" && path[4].hasSuffix(":append"):
      self = .append(spreadsheet: path[2], range: String(path[4].dropLast(":append".count)))
    case ("GET", 4, "v4") where path[3] == "values:batchGet": self = .batchGet(spreadsheet: path[2])
    case ("POST", 4, "v4") where path[3] == "values:batchUpdate":
      self = .batchUpdate(spreadsheet: path[2])
    case ("POST", 4, "v1") where path[1] == "projects" && path[3] == "messages:send":
      self = .send(project: path[2])
    case ("POST", 1, "ntfy"), ("PUT", 1, "ntfy"): self = .publish
    case ("GET", 3, "ntfy") where path[2] == "json": self = .poll(topic: path[1])
    default: self = .unknown
    }
  }

  var kind: CallKind {
    switch self {
    case .token: .token
    case .get: .sheetGet
    case .batchGet: .sheetBatchGet
    case .append: .sheetAppend
    case .update: .sheetUpdate
    case .batchUpdate: .sheetBatchUpdate
    case .send: .fcmSend
    case .publish: .ntfyPublish
    case .poll: .ntfyPoll
    case .unknown: .unknown
    }
  }
}
