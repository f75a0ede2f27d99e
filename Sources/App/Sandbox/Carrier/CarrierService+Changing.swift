import HTTP
import Kit
import XML

extension CarrierService {
  func void(_ exchange: Exchange) -> Reply {
    switch store.void(exchange.call.id) {
    case .done: .noContent
    case .unknown: CarrierXML.messages(404, [])
    case .transmitted:
      CarrierXML.messages(400, "8064", "The shipment was transmitted and cannot be voided.")
    }
  }

  func refund(_ exchange: Exchange) -> Reply {
    let isContract = exchange.call.isContract
    let prefix = isContract ? "shipment" : "non-contract-shipment"
    let space = isContract ? CarrierXML.shipmentSpace : CarrierXML.nonContractSpace
    guard let root = exchange.call.document else {
      return invalid(exchange, "cvc-elt.1: Content is not allowed in prolog.")
    }
    let problem = SchemaCheck.problem(
      root, name: prefix + "-refund-request", namespace: space,
      rule: isContract ? CarrierSchema.refund : CarrierSchema.nonContractRefund)
    if let problem { return invalid(exchange, problem) }
    guard owned(exchange) != nil else { return CarrierXML.messages(404, []) }
    switch store.refund(exchange.call.id) {
    case .ticket(let id, let date):
      return CarrierXML.document(
        prefix + "-refund-request-info", space,
        isContract ? CarrierXML.shipmentType : CarrierXML.nonContractType,
        CarrierXML.element("service-ticket-date", date)
          + CarrierXML.element("service-ticket-id", id))
    case .unknown: return CarrierXML.messages(404, [])
    case .early:
      return CarrierXML.messages(400, "7291", "The shipment was not transmitted; void it.")
    case .again: return CarrierXML.messages(409, "7292", "A refund was already requested.")
    }
  }

  func groups(_ exchange: Exchange) -> Reply {
    let names = store.read { $0.groups.filter { !$0.value.isEmpty }.keys.sorted() }
    let body = names.map { name in
      let href = "\(exchange.origin)\(exchange.base)/shipment?groupId="
      return "<group>" + CarrierXML.element("group-id", name)
        + CarrierXML.link(
          "group", href + PercentEncoding.encode(name), CarrierXML.shipmentType) + "</group>"
    }
    return CarrierXML.document(
      "groups", CarrierXML.shipmentSpace, CarrierXML.shipmentType, body.joined())
  }

  func track(_ pin: String, isDetail: Bool) -> Reply {
    let shipment = store.read { state in
      state.byPin[pin]?.last.map { state.shipments[$0] }
    }
    guard let shipment, shipment.status == .transmitted else {
      return CarrierXML.messages(404, "004", "No Pin History")
    }
    return isDetail ? trackingDetail(shipment) : trackingSummary([shipment])
  }

  func trackReference(_ exchange: Exchange) -> Reply {
    let reference = exchange.request.query.first { $0.0 == "referenceNumber" }?.1 ?? ""
    let found = store.read { state in
      (state.byOrder[reference] ?? []).map { state.shipments[$0] }
    }.filter { $0.status == .transmitted && !$0.isVoided }
    if found.isEmpty { return CarrierXML.messages(404, "004", "No Pin History") }
    return trackingSummary(found)
  }

  private func trackingSummary(_ shipments: [Shipment]) -> Reply {
    let body = shipments.map { shipment in
      let day = String(shipment.createdAt.iso8601.prefix(10))
      let time = String(shipment.createdAt.iso8601.filter { $0.isNumber }.dropFirst(8).prefix(6))
      let parts = [
        ("pin", shipment.pin), ("service-name", shipment.serviceCode), ("mailed-on-date", day),
        ("expected-delivery-date", ""), ("actual-delivery-date", ""),
        ("event-date-time", "\(shipment.createdAt.compact(8)):\(time)"),
        ("event-description", "Electronic information submitted by shipper"),
        ("customer-ref-1", shipment.orderID), ("event-type", "INFO"), ("event-location", ""),
      ]
      let inside = parts.map { CarrierXML.element($0.0, $0.1) }.joined()
      return "<pin-summary>\(inside)</pin-summary>"
    }
    return CarrierXML.document(
      "tracking-summary", CarrierXML.trackSpace, CarrierXML.trackType, body.joined())
  }

  private func trackingDetail(_ shipment: Shipment) -> Reply {
    let time = shipment.createdAt.iso8601
    let occurrence = [
      ("event-identifier", "3000"), ("event-date", String(time.prefix(10))),
      ("event-time", String(time.dropFirst(11).prefix(8))), ("event-time-zone", "UTC"),
      ("event-description", "Electronic information submitted by shipper"),
      ("signatory-name", ""), ("event-site", ""), ("event-province", ""),
      ("event-retail-location-id", ""), ("event-retail-name", ""),
    ]
    let inside = occurrence.map { CarrierXML.element($0.0, $0.1) }.joined()
    return CarrierXML.document(
      "tracking-detail", CarrierXML.trackSpace, CarrierXML.trackType,
      CarrierXML.element("pin", shipment.pin)
        + CarrierXML.element("customer-ref-1", shipment.orderID)
        + "<significant-events><occurrence>\(inside)</occurrence></significant-events>")
  }
}
