import Kit

/// Turns a fault into what goes over the wire instead of the answer.
struct Disturbance {
  let kind: CallKind
  let path: String

  /// A refusal or breakdown that takes the place of the answer.
  func refusal(_ faults: Faults, _ moment: FaultRule.Moment) -> Reply? {
    if let rule = faults.has(.throttled, moment) {
      if kind.isGoogle {
        var reply = GoogleReply.simulated(kind, rule.status ?? 429, "Quota exceeded", code: nil)
        if let wait = rule.retryAfter { reply.headers.append(("Retry-After", "\(wait)")) }
        return reply
      }
      if !kind.isMarketplace {
        var reply = CarrierService.throttled()
        reply.status = rule.status ?? reply.status
        return reply
      }
      var reply = MiraklError.single(429, "HTTP 429 Too Many Requests")
      reply.headers.append(("Retry-After", "\(rule.retryAfter ?? 1)"))
      return reply
    }
    if let rule = faults.has(.status, moment) { return status(rule) }
    if faults.has(.html502, moment) != nil { return .html(502, "Bad Gateway") }
    if let rule = faults.has(.cvcError, moment) {
      let text = "cvc-complex-type.2.4.a: Invalid content was found starting with element 'x'."
      return CarrierXML.messages(500, "Server", "\(path): \(rule.message ?? text)")
    }
    if faults.has(.twoMessages, moment) != nil {
      return CarrierXML.messages(
        400,
        [
          CarrierMessage(code: "1157", text: "Destination city is mandatory."),
          CarrierMessage(code: "1159", text: "Destination province is mandatory."),
        ])
    }
    if let rule = faults.has(.emptyMessages, moment) {
      return CarrierXML.messages(rule.status ?? 404, [])
    }
    return nil
  }

  private func status(_ rule: FaultRule) -> Reply {
    let status = rule.status ?? 500
    let text = rule.message ?? "A simulated failure"
    var reply =
      kind.isGoogle
      ? GoogleReply.simulated(kind, status, text, code: rule.code)
      : kind.isMarketplace
        ? MiraklError.single(status, text, code: rule.code)
        : CarrierXML.messages(status, rule.code ?? "Server", text)
    if let wait = rule.retryAfter { reply.headers.append(("Retry-After", "\(wait)")) }
    return reply
  }

  /// The answer, damaged.
  func spoiled(_ reply: Reply, _ faults: Faults) -> Reply {
    var reply = reply
    if faults.has(.truncated) {
      reply.delivery = reply.body.isEmpty ? .lost : .cut
      return reply
    }
    let isXML = !kind.isMarketplace && !kind.isGoogle
    if faults.has(.schemaError) {
      if kind.isGoogle { return Self.json(Self.wrongValues) }
      return isXML ? wrongXML(reply) : Self.json(Self.wrongOrders)
    }
    if faults.has(.malformed) {
      if reply.status == 204 { reply = Reply(status: 200, contentType: "application/json") }
      reply.body = Array(reply.body.prefix(reply.body.count * 3 / 4))
      reply.body.append(contentsOf: "<\u{1}\"{".utf8)
      return reply
    }
    if faults.has(.entityBomb) {
      return isXML
        ? Reply(status: 200, contentType: reply.contentType, body: Self.bomb)
        : Self.json(String(repeating: "[", count: 100_000))
    }
    if let rule = faults[.huge] {
      reply.status = 200
      reply.contentType = reply.contentType ?? "application/json"
      reply.body.append(
        contentsOf: repeatElement(UInt8(ascii: " "), count: rule.bytes ?? 32 * 1024 * 1024))
      return reply
    }
    if faults.has(.noNamespace) { reply.body = Self.withoutNamespace(reply.body) }
    return reply
  }

  private static let wrongOrders = """
    {"orders":[{"order_id":17,"order_state":false,"order_lines":"none"},"x",null],\
    "total_count":"many"}
    """

  private static let wrongValues = """
    {"range":7,"values":"none","updates":[],"spreadsheetId":null,"access_token":3,"name":{},"id":[]}
    """

  private func wrongXML(_ reply: Reply) -> Reply {
    Reply(
      status: 200, contentType: reply.contentType ?? CarrierXML.shipmentType,
      body: Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <shipment-info xmlns="\(CarrierXML.shipmentSpace)"><shipment-status><x/></shipment-status>\
        <links/></shipment-info>
        """.utf8))
  }

  private static func json(_ text: String) -> Reply {
    Reply(status: 200, contentType: "application/json;charset=UTF-8", body: Array(text.utf8))
  }

  private static let bomb: [UInt8] = {
    var text = "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaaaaaaaaaaaa\">"
    var last = "a"
    for name in ["b", "c", "d", "e", "f", "g", "h", "i"] {
      text += "<!ENTITY \(name) \"" + String(repeating: "&\(last);", count: 10) + "\">"
      last = name
    }
    return Array((text + "]><shipment-info>&\(last);</shipment-info>").utf8)
  }()

  private static func withoutNamespace(_ body: [UInt8]) -> [UInt8] {
    let text = String(decoding: body, as: UTF8.self)
    guard let start = text.firstRange(of: " xmlns=\"") else { return body }
    guard let end = text[start.upperBound...].firstIndex(of: "\"") else { return body }
    return Array((text[..<start.lowerBound] + text[text.index(after: end)...]).utf8)
  }
}
