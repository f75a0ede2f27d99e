import Cryptography
import HTTP
import Kit

/// Google's token endpoint, Sheets and messaging, as far as they are needed; and the push server.
struct GoogleService: Sendable {
  static let sheetsScopes: Set<String> = [
    "https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive.file",
  ]
  static let messagingScope = "https://www.googleapis.com/auth/firebase.messaging"

  let settings: SandboxSettings
  let store: GoogleStore
  let limiter: Limiter

  func answer(_ call: GoogleCall, _ request: HTTPRequest, _ faults: Faults) -> Reply {
    switch call {
    case .token: token(request)
    case .get(let id, let range):
      sheets(request, id, isRead: true) { get($0, request, range) }
    case .batchGet(let id): sheets(request, id, isRead: true) { batchGet($0, request) }
    case .append(let id, let range):
      sheets(request, id, isRead: false) { append($0, request, range, faults) }
    case .update(let id, let range):
      sheets(request, id, isRead: false) { update($0, request, range, faults) }
    case .batchUpdate(let id):
      sheets(request, id, isRead: false) { batchUpdate($0, request, faults) }
    case .send(let project): send(request, project, faults)
    case .publish: publish(request, faults)
    case .poll(let topic): poll(request, topic)
    case .unknown: GoogleReply.error(404, "NOT_FOUND", "Requested entity was not found.")
    }
  }

  /// The orders that a request is about: the first column of the rows that it writes, or what a
  /// message names.
  static func subjects(_ call: GoogleCall, _ request: HTTPRequest) -> [String] {
    guard let body = try? JSONValue.parse(request.body) else { return [] }
    func keys(_ values: JSONValue?) -> [String] {
      values?.elements.compactMap { $0.elements.first?.string }.filter {
        !$0.isEmpty && $0 != "Order ID"
      } ?? []
    }
    switch call {
    case .append, .update: return keys(body["values"])
    case .batchUpdate: return body["data"]?.elements.flatMap { keys($0["values"]) } ?? []
    case .send: return body["message"]?["data"]?["order_id"]?.string.map { [$0] } ?? []
    case .publish:
      return (body["tags"]?.elements.first?.string).map { [Self.order(ofEvent: $0)] } ?? []
    case .token, .get, .batchGet, .poll, .unknown: return []
    }
  }

  /// `ORDER:created` is about ORDER.
  static func order(ofEvent event: String) -> String {
    event.lastIndex(of: ":").map { String(event[..<$0]) } ?? event
  }

  /// Who asks, and whether there is quota: then the work.
  private func sheets(
    _ request: HTTPRequest, _ id: String, isRead: Bool, _ work: (String) -> Reply
  ) -> Reply {
    if let refusal = refusal(request, Self.sheetsScopes) { return refusal }
    let limit = isRead ? settings.sheetReadsLimit : settings.sheetWritesLimit
    let metric = isRead ? "read_requests" : "write_requests"
    if let limit, limiter.wait("google/\(metric)", limit, now: settings.now()) != nil {
      return GoogleReply.quota(
        "sheets.googleapis.com/\(metric)",
        isRead ? "ReadRequestsPerMinutePerUser" : "WriteRequestsPerMinutePerUser")
    }
    let isShared = store.enter { $0.spreadsheets[id]?.isShared }
    guard let isShared else {
      return GoogleReply.error(404, "NOT_FOUND", "Requested entity was not found.")
    }
    guard isShared else {
      return GoogleReply.error(
        403, "PERMISSION_DENIED", "The caller does not have permission")
    }
    return work(id)
  }

  /// nil when the request carries a live token of one of these scopes.
  func refusal(_ request: HTTPRequest, _ scopes: Set<String>) -> Reply? {
    let header = request.headers["Authorization"] ?? ""
    let now = settings.now()
    let token = header.hasPrefix("Bearer ") ? String(header.dropFirst(7)) : ""
    let known = store.enter { $0.tokens[token] }
    guard let known, now < known.until else {
      return GoogleReply.error(
        401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    }
    guard !known.scopes.isDisjoint(with: scopes) else {
      return GoogleReply.error(
        403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.",
        details: [
          [
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com",
          ]
        ])
    }
    return nil
  }
}
