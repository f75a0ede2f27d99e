import HTTP
import Kit

/// The simulated outside: all services, the dials, the request log; one `answer` for all of it.
final class World: Sendable {
  let settings: SandboxSettings
  let market: Marketplace
  let shelf: OfferShelf
  let postbox: Postbox
  let carrier: CarrierStore
  let sheets: GoogleStore
  let google: GoogleService
  let model: ModelService
  let dials: Dials
  let log: RequestLog
  private let limiter = Limiter()
  private let mirakl: MiraklService
  private let canadaPost: CarrierService

  init(settings: SandboxSettings) {
    self.settings = settings
    market = Marketplace(settings: settings)
    shelf = OfferShelf(settings: settings)
    postbox = Postbox(settings: settings)
    carrier = CarrierStore(settings: settings)
    sheets = GoogleStore(settings: settings)
    google = GoogleService(settings: settings, store: sheets, limiter: limiter)
    model = ModelService(settings: settings)
    dials = Dials(seed: settings.seed)
    log = RequestLog(capacity: settings.requestLog)
    mirakl = MiraklService(
      settings: settings, market: market, shelf: shelf, postbox: postbox, limiter: limiter)
    canadaPost = CarrierService(
      settings: settings, store: carrier, market: market, limiter: limiter)
  }

  /// Empties the world; the dials go quiet too.
  func reset() {
    market.reset()
    shelf.reset()
    postbox.reset()
    carrier.reset()
    sheets.reset()
    model.reset()
    log.reset()
    limiter.reset()
    dials.set([], seed: settings.seed)
  }

  func answer(_ request: HTTPRequest) async -> Reply {
    let path = request.path.split(separator: "/")
    switch path.first {
    case "control": return control(request, Array(path.dropFirst()))
    case "api":
      let call = MiraklCall(request, path: path)
      return await run(request, call.kind, call.subjects) { faults in
        self.mirakl.answer(call, request, faults)
      }
    case "rs", "vis":
      let call = CarrierCall(request, path: path, store: carrier)
      return await run(request, call.kind, call.orderID.map { [$0] } ?? []) { faults in
        self.canadaPost.answer(call, request, faults)
      }
    case "v4", "v1", "token", "ntfy":
      let call = GoogleCall(request)
      return await run(request, call.kind, GoogleService.subjects(call, request)) { faults in
        self.google.answer(call, request, faults)
      }
    case "llm":
      return await run(request, .chatCompletion, []) { _ in self.model.answer(request) }
    default: return Reply.json(["status": 404, "message": "no such service"], status: 404)
    }
  }

  /// Dials before the work, the work, dials after it.
  private func run(
    _ request: HTTPRequest, _ kind: CallKind, _ subjects: [String],
    _ work: @escaping @Sendable (Faults) -> Reply
  ) async -> Reply {
    let rules = dials.decide(kind, subjects: subjects)
    let reply: Reply
    if rules.isEmpty {
      reply = work(.none)
    } else {
      reply = await disturb(Faults(rules: rules), kind, subjects, request, work)
    }
    if log.capacity > 0 { note(request, kind, subjects, reply, rules) }
    return reply
  }

  private func disturb(
    _ faults: Faults, _ kind: CallKind, _ subjects: [String], _ request: HTTPRequest,
    _ work: @escaping @Sendable (Faults) -> Reply
  ) async -> Reply {
    // A client that leaves while we wait changes nothing: what it sent is carried out.
    if faults.wait(.before) > 0 { try? await Task.sleep(for: .milliseconds(faults.wait(.before))) }
    if faults.has(.lateCancel, .before) != nil, let order = subjects.first {
      _ = market.cancelFromOutside(order)
    }
    if faults.has(.humanSort, .before) != nil { sortSheets() }
    if faults.has(.requestLost) { return .lost }
    if let rule = faults[.landsLate] {
      Task {
        try? await Task.sleep(for: .milliseconds(rule.ms))
        _ = work(.none)
      }
      return .lost
    }
    let wire = Disturbance(kind: kind, path: request.path)
    if let refusal = wire.refusal(faults, .before) { return refusal }
    var reply = work(faults)
    if faults.has(.lateCancel, .after) != nil, let order = subjects.first {
      _ = market.cancelFromOutside(order)
    }
    if faults.has(.humanSort, .after) != nil { sortSheets() }
    if faults.wait(.after) > 0 { try? await Task.sleep(for: .milliseconds(faults.wait(.after))) }
    if faults.has(.answerLost) { return .lost }
    if let refusal = wire.refusal(faults, .after) { return refusal }
    reply = wire.spoiled(reply, faults)
    return reply
  }

  private func note(
    _ request: HTTPRequest, _ kind: CallKind, _ subjects: [String], _ reply: Reply,
    _ rules: [FaultRule]
  ) {
    var headers: [(String, String)] = []
    for (name, value) in request.headers {
      let isSecret = name.lowercased() == "authorization"
      headers.append((name, isSecret ? "[redacted]" : value))
    }
    log.add(
      SandboxRequest(
        at: settings.now(), method: request.method, target: request.target,
        call: kind.rawValue, order: subjects.first ?? "", headers: headers, body: request.body,
        status: reply.status, faults: rules.map(\.fault)))
  }
}
