import HTTP
import Kit

extension MiraklService {
  /// OR11.
  func orders(_ request: HTTPRequest, _ shop: Int, _ faults: Faults) -> Reply {
    if let limit = settings.ordersLimit,
      let wait = limiter.wait(settings.shops[shop].apiKey, limit, now: settings.now())
    {
      var reply = MiraklError.single(429, "HTTP 429 Too Many Requests")
      reply.headers.append(("Retry-After", "\(wait)"))
      return reply
    }
    let query: OrderQuery
    do {
      query = try OrderQuery(request.query, overlap: settings.updateOverlap)
    } catch {
      return MiraklError.field(error.field, error.message)
    }
    let page = market.page(query, shop: shop, faults: faults)
    var reply = Reply(
      status: 200, contentType: "application/json;charset=UTF-8", body: page.body)
    if let link = link(request, query, page.total) { reply.headers.append(("Link", link)) }
    return reply
  }

  /// `<url>; rel="previous", <url>; rel="next"`; next is absent on the last page.
  private func link(_ request: HTTPRequest, _ query: OrderQuery, _ total: Int) -> String? {
    guard query.paginates else { return nil }
    var links: [String] = []
    func add(_ offset: Int, _ name: String) {
      var pairs = request.query.filter { $0.0 != "offset" }
      pairs.append(("offset", "\(offset)"))
      let text = pairs.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
      let origin = settings.publicOrigin ?? "http://\(request.headers["Host"] ?? "localhost")"
      links.append("<\(origin)\(request.path)?\(text)>; rel=\"\(name)\"")
    }
    if query.offset > 0 { add(max(0, query.offset - query.max), "previous") }
    if query.offset + query.max < total { add(query.offset + query.max, "next") }
    return links.isEmpty ? nil : links.joined(separator: ", ")
  }

  /// OR21.
  func accept(_ id: String, _ request: HTTPRequest, _ shop: Int, _ faults: Faults) -> Reply {
    guard let body = Self.json(request) else { return Self.notJSON(request) }
    guard let lines = body["order_lines"], lines.kind == .array, !lines.elements.isEmpty else {
      return MiraklError.field("order_lines", "must not be empty", code: "VALIDATION_ERROR")
    }
    var decisions: [LineDecision] = []
    for (index, line) in lines.elements.enumerated() {
      if line.isNull {
        decisions.append(LineDecision(id: nil, accepted: false))
        continue
      }
      let field = "order_lines[\(index)]"
      guard let id = line["id"], id.kind == .string, let text = id.string, !text.isEmpty else {
        return MiraklError.field(field + ".id", "must not be blank", code: "VALIDATION_ERROR")
      }
      guard let accepted = line["accepted"], accepted.kind == .bool, let yes = accepted.bool else {
        return MiraklError.field(
          field + ".accepted", "must be true or false", code: "VALIDATION_ERROR")
      }
      decisions.append(LineDecision(id: text, accepted: yes))
    }
    let isIgnored = faults.has(.acceptIgnored)
    return done(market.accept(id, shop: shop, decisions: decisions, isIgnored: isIgnored), id)
  }

  /// OR23.
  func tracking(_ id: String, _ request: HTTPRequest, _ shop: Int) -> Reply {
    guard let body = Self.json(request) else { return Self.notJSON(request) }
    // An empty string counts as not given.
    func given(_ name: String) -> String? {
      body[name]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }
    let number = given("tracking_number")
    guard let code = given("carrier_code") else {
      guard let name = given("carrier_name") else {
        return MiraklError.field(
          "carrier_code", "carrier_code or carrier_name is required", code: "VALIDATION_ERROR")
      }
      let tracking = MarketOrder.Tracking(
        carrierCode: nil, standardCode: given("carrier_standard_code"), carrierLabel: name,
        number: number, url: given("carrier_url"))
      return done(market.track(id, shop: shop, tracking), id)
    }
    guard let carrier = MiraklCarrier.byCode[code] else {
      return MiraklError.field("carrier_code", "unknown carrier '\(code)'")
    }
    if carrier.template != nil, number == nil {
      return MiraklError.field("tracking_number", "is mandatory for carrier \(code)")
    }
    let tracking = MarketOrder.Tracking(
      carrierCode: code, standardCode: given("carrier_standard_code") ?? code,
      carrierLabel: carrier.label, number: number, url: number.flatMap(carrier.url(for:)))
    return done(market.track(id, shop: shop, tracking), id)
  }

  /// The body, when the request says that it is JSON and it is.
  private static func json(_ request: HTTPRequest) -> JSONValue? {
    guard isJSON(request) else { return nil }
    return try? JSONValue.parse(request.body)
  }

  private static func isJSON(_ request: HTTPRequest) -> Bool {
    let type = request.headers["Content-Type"]?.lowercased() ?? ""
    return type.split(separator: ";").first.map { $0 == "application/json" } ?? false
  }

  private static func notJSON(_ request: HTTPRequest) -> Reply {
    isJSON(request)
      ? MiraklError.field("body", "the body is not readable JSON", code: "VALIDATION_ERROR")
      : MiraklError.single(415, "HTTP 415 Unsupported Media Type")
  }
}
