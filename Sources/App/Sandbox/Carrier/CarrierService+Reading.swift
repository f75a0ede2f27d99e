import HTTP
import Kit
import XML

extension CarrierService {
  func get(_ exchange: Exchange) -> Reply {
    guard let shipment = owned(exchange) else { return CarrierXML.messages(404, []) }
    return info(shipment, exchange)
  }

  /// The shipment of the path, if it is of the path's kind and was not voided.
  func owned(_ exchange: Exchange) -> Shipment? {
    guard let shipment = store.shipment(exchange.call.id), !shipment.isVoided,
      shipment.isContract == exchange.call.isContract
    else { return nil }
    return shipment
  }

  func details(_ exchange: Exchange) -> Reply {
    guard let shipment = owned(exchange), let root = try? XMLElement.parse(shipment.request),
      let delivery = root.first("delivery-spec")
    else { return CarrierXML.messages(404, []) }
    var ticket = ""
    if let refund = shipment.ticket {
      ticket = "<refund-request-info>" + CarrierXML.element("service-ticket-date", refund.date)
      ticket += CarrierXML.element("service-ticket-id", refund.id) + "</refund-request-info>"
    }
    let pin = exchange.faults.has(.noPin) ? "" : CarrierXML.element("tracking-pin", shipment.pin)
    let point = CarrierXML.element("final-shipping-point", shipment.shippingPoint)
    if !shipment.isContract {
      return CarrierXML.document(
        "non-contract-shipment-details", CarrierXML.nonContractSpace, CarrierXML.nonContractType,
        point + pin + Self.text(delivery) + ticket)
    }
    var status = shipment.status.rawValue
    if let rule = exchange.faults[.unknownState] { status = rule.state ?? "pondering" }
    var body = shipment.requestID.map { CarrierXML.element("customer-request-id", $0) } ?? ""
    body += CarrierXML.element("shipment-status", status) + point + pin
    if let manifest = shipment.manifest, let number = store.manifest(manifest)?.purchaseOrder {
      body += CarrierXML.element("po-number", number)
    }
    body += "<shipment-detail>"
    body +=
      shipment.groupID.map { CarrierXML.element("group-id", $0) }
      ?? "<transmit-shipment>true</transmit-shipment>"
    for name in ["quickship-label-requested", "expected-mailing-date"] {
      if let element = root.first(name) { body += Self.text(element) }
    }
    body += Self.text(delivery)
    if let returns = root.first("return-spec") { body += Self.text(returns) }
    return CarrierXML.document(
      "shipment-details", CarrierXML.shipmentSpace, CarrierXML.shipmentType,
      body + ticket + "</shipment-detail>")
  }

  /// The echo of an element.
  static func text(_ element: XMLElement) -> String {
    if element.children.isEmpty { return CarrierXML.element(element.localName, element.text) }
    let inside = element.children.map(text).joined()
    return "<\(element.localName)>\(inside)</\(element.localName)>"
  }

  func find(_ exchange: Exchange) -> Reply {
    var query: [String: String] = [:]
    for (name, value) in exchange.request.query { query[name] = value }
    let pin = query["trackingPIN"]
    let hasWindow = query["date"] != nil || query["from"] != nil || query["to"] != nil
    if pin != nil, hasWindow {
      return CarrierXML.messages(400, "9196", "Date and PIN filters exclude each other.")
    }
    guard let found = exchange.call.isContract ? contractMatches(query) : windowMatches(query)
    else { return CarrierXML.messages(400, "9105", "A query parameter is missing.") }
    var shipments = found
    if let lag = exchange.faults[.searchLag] {
      let newest = settings.now() - .milliseconds(lag.ms)
      shipments.removeAll { $0.createdAt > newest }
    }
    if let limit = query["limit"].flatMap({ Int($0) }) {
      shipments = Array(shipments.prefix(max(0, limit)))
    }
    if shipments.isEmpty, settings.emptySearchIsNotFound { return CarrierXML.messages(404, []) }
    let type = exchange.call.isContract ? CarrierXML.shipmentType : CarrierXML.nonContractType
    let body = shipments.map { shipment in
      if query["provideShipmentInfo"] == "true", exchange.call.isContract {
        return "<shipment-info>\(infoBody(shipment, exchange))</shipment-info>"
      }
      return CarrierXML.link("shipment", selfHref(shipment, exchange), type)
    }
    return CarrierXML.document(
      exchange.call.isContract ? "shipments" : "non-contract-shipments",
      exchange.call.isContract ? CarrierXML.shipmentSpace : CarrierXML.nonContractSpace, type,
      body.joined())
  }

  private func contractMatches(_ query: [String: String]) -> [Shipment]? {
    store.read { state in
      func some(_ positions: [Int]?) -> [Shipment] {
        (positions ?? []).map { state.shipments[$0] }.filter { !$0.isVoided && $0.isContract }
      }
      if let id = query["requestId"] { return some(state.byRequestID[id]) }
      if let group = query["groupId"] { return some(state.groups[group]) }
      if let pin = query["trackingPIN"] { return some(state.byPin[pin]) }
      if let manifest = query["manifestId"] {
        guard let number = state.manifests.first(where: { $0.id == manifest })?.number else {
          return []
        }
        return some(Array(state.shipments.indices)).filter { $0.manifest == number }
      }
      guard query["noManifest"] == "true" else { return nil }
      let day = query["date"]?.filter { $0 != "-" }
      return some(Array(state.shipments.indices)).filter { shipment in
        shipment.groupID == nil && (day.map { $0 == shipment.createdAt.compact(8) } ?? true)
      }
    }
  }

  private func windowMatches(_ query: [String: String]) -> [Shipment]? {
    store.read { state in
      if let pin = query["trackingPIN"] {
        return (state.byPin[pin] ?? []).map { state.shipments[$0] }.filter { !$0.isContract }
      }
      guard let from = query["from"] else { return nil }
      let to = query["to"]
      return state.shipments.filter { shipment in
        let minute = shipment.createdAt.compact(12)
        return !shipment.isContract && minute >= from && (to.map { minute <= $0 } ?? true)
      }
    }
  }

  func artifact(_ exchange: Exchange, _ user: String, _ number: Int) -> Reply {
    guard user == settings.carrierUser, let (shipment, before) = store.readArtifact(number) else {
      return CarrierXML.messages(404, [])
    }
    let type = shipment.isZPL ? "application/zpl" : "application/pdf"
    guard exchange.request.headers["Accept"]?.contains(type) ?? false else {
      return CarrierXML.messages(406, [])
    }
    if let rule = exchange.faults[.notReady] {
      let wait = rule.retryAfter.map { [("Retry-After", "\($0)")] } ?? []
      return Reply(status: 202, contentType: nil, headers: wait)
    }
    if before < settings.notReadyReads { return Reply(status: 202, contentType: nil) }
    let body = shipment.isZPL ? zpl(shipment) : label(shipment, exchange.faults[.badLabel])
    return Reply(status: 200, contentType: type, body: body)
  }

  private func zpl(_ shipment: Shipment) -> [UInt8] {
    let lines = shipment.addressLines.enumerated().map { index, line in
      "^FO40,\(300 + index * 40)^A0N,30,30^FD\(line)^FS"
    }
    let bars = "^FO40,40^A0N,40,40^FDPIN \(shipment.pin)^FS^FO40,120^BCN,120^FD\(shipment.pin)^FS"
    let padding = String(repeating: "^FX a label of the sandbox ^FS\n", count: 32)
    return Array(("^XA\n" + bars + lines.joined(separator: "\n") + "\n" + padding + "^XZ\n").utf8)
  }

  private func label(_ shipment: Shipment, _ fault: FaultRule?) -> [UInt8] {
    switch fault?.variant {
    case "tiny": return Array("%PDF-1.4\n%%EOF\n".utf8)
    case "not_pdf":
      return Array(String(repeating: "<p>We are sorry, try again later.</p>\n", count: 64).utf8)
    default: break
    }
    let deflates: Bool
    switch settings.labelStream {
    case .plain: deflates = false
    case .deflated: deflates = true
    case .mixed: deflates = shipment.number % 2 == 0
    }
    let pin = fault?.variant == "wrong_pin" ? "9999999999999999" : shipment.pin
    var lines = ["PIN \(pin)", shipment.serviceCode, "Ref \(shipment.orderID)", "To:"]
    lines += shipment.addressLines
    lines.append("Weight \(shipment.weight) kg   Paid by sandbox")
    let pdf = LabelPDF(
      width: shipment.isSmallLabel ? 288 : 612, height: shipment.isSmallLabel ? 432 : 792,
      isDeflated: deflates)
    let bytes = pdf.bytes(lines: lines, bars: pin)
    return fault?.variant == "cut" ? Array(bytes.prefix(1400)) : bytes
  }
}

extension Timestamp {
  /// The first digits of YYYYMMDDHHMM.
  func compact(_ digits: Int) -> String {
    String(iso8601.filter { $0.isNumber }.prefix(digits))
  }
}
