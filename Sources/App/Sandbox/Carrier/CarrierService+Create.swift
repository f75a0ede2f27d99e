import HTTP
import Kit
import XML

extension CarrierService {
  func create(_ exchange: Exchange) -> Reply {
    let call = exchange.call
    guard let root = call.document else {
      return invalid(exchange, "cvc-elt.1: Content is not allowed in prolog.")
    }
    let problem = SchemaCheck.problem(
      root, name: call.isContract ? "shipment" : "non-contract-shipment",
      namespace: call.isContract ? CarrierXML.shipmentSpace : CarrierXML.nonContractSpace,
      rule: call.isContract ? CarrierSchema.shipment : CarrierSchema.nonContractShipment)
    if let problem { return invalid(exchange, problem) }
    let refusals = CarrierRules.problems(root, isContract: call.isContract, settings: settings)
    if !refusals.isEmpty { return CarrierXML.messages(400, refusals) }
    let draft = Draft(root, call, exchange.request.body, settings)
    let usesStub = settings.stubPins || exchange.faults.has(.constantPin)
    switch store.add({ draft.shipment($0, usesStubPin: usesStub) }) {
    case .failure(let refusal): return CarrierXML.messages(400, refusal.code, refusal.text)
    case .success(let shipment):
      market.labelWasBought(shipment.orderID)
      return info(shipment, exchange)
    }
  }

  /// A request that breaks the schema: 500 with a path, as the real gateway answers.
  func invalid(_ exchange: Exchange, _ problem: String) -> Reply {
    CarrierXML.messages(500, "Server", "\(exchange.request.path): \(problem)")
  }

  /// `shipment-info` or its non-contract sister.
  func info(_ shipment: Shipment, _ exchange: Exchange) -> Reply {
    let type = shipment.isContract ? CarrierXML.shipmentType : CarrierXML.nonContractType
    if !shipment.isContract {
      return CarrierXML.document(
        "non-contract-shipment-info", CarrierXML.nonContractSpace, type,
        infoBody(shipment, exchange))
    }
    return CarrierXML.document(
      "shipment-info", CarrierXML.shipmentSpace, type, infoBody(shipment, exchange))
  }

  func infoBody(_ shipment: Shipment, _ exchange: Exchange) -> String {
    var body = ""
    if let id = shipment.requestID { body += CarrierXML.element("customer-request-id", id) }
    body += CarrierXML.element("shipment-id", shipment.id)
    if shipment.isContract {
      var status = shipment.status.rawValue
      if let rule = exchange.faults[.unknownState] { status = rule.state ?? "pondering" }
      body += CarrierXML.element("shipment-status", status)
    }
    if !exchange.faults.has(.noPin) { body += CarrierXML.element("tracking-pin", shipment.pin) }
    if let manifest = shipment.manifest, let number = store.manifest(manifest)?.purchaseOrder {
      body += CarrierXML.element("po-number", number)
    }
    if shipment.wantsPrice, shipment.isContract { body += inlinePrice(shipment) }
    return body + "<links>\(links(shipment, exchange))</links>"
  }

  func selfHref(_ shipment: Shipment, _ exchange: Exchange) -> String {
    let name = shipment.isContract ? "shipment" : "ncshipment"
    return "\(exchange.origin)\(exchange.base)/\(name)/\(shipment.id)"
  }

  private func links(_ shipment: Shipment, _ exchange: Exchange) -> String {
    let type = shipment.isContract ? CarrierXML.shipmentType : CarrierXML.nonContractType
    let own = selfHref(shipment, exchange)
    var links = CarrierXML.link("self", own, type)
    links += CarrierXML.link("details", own + "/details", type)
    if shipment.isContract {
      if let group = shipment.groupID {
        let href = "\(exchange.origin)\(exchange.base)/shipment?groupId="
        links += CarrierXML.link("group", href + PercentEncoding.encode(group), type)
      }
      if shipment.wantsPrice { links += CarrierXML.link("price", own + "/price", type) }
    } else {
      links += CarrierXML.link("receipt", own + "/receipt", type)
    }
    if shipment.status == .transmitted, shipment.ticket == nil {
      links += CarrierXML.link("refund", own + "/refund", type)
    }
    let label =
      "\(exchange.origin)/rs/artifact/\(settings.carrierUser)/\(shipment.labelNumber)/0"
    return links
      + CarrierXML.link(
        "label", label, shipment.isZPL ? "application/zpl" : "application/pdf", index: 0)
  }

  /// What a valid request says, before the shipment has its number.
  private struct Draft {
    let root: XMLElement
    let delivery: XMLElement?
    let isContract: Bool
    let body: [UInt8]
    let now: Timestamp

    init(
      _ root: XMLElement, _ call: CarrierCall, _ body: [UInt8], _ settings: SandboxSettings
    ) {
      self.root = root
      self.body = body
      isContract = call.isContract
      delivery = root.first("delivery-spec")
      now = settings.now()
    }

    func shipment(_ number: Int, usesStubPin: Bool) -> Shipment {
      let address = delivery?.path("destination", "address-details")
      let print = delivery?.first("print-preferences")
      let sender = delivery?.path("sender", "address-details", "postal-zip-code")?.text
      let group = root.first("group-id")?.text
      let requestID = root.first("customer-request-id")?.text
      let reference = delivery?.path("references", "customer-ref-1")?.text ?? ""
      return Shipment(
        number: number, id: "\(700_000_000_000_000_000 + number)", isContract: isContract,
        pin: usesStubPin ? "123456789012" : Self.pin(number),
        requestID: requestID, groupID: group,
        orderID: reference.isEmpty ? requestID ?? "" : reference, createdAt: now,
        request: body, serviceCode: delivery?.first("service-code")?.text ?? "",
        weight: delivery?.path("parcel-characteristics", "weight")?.text ?? "1.000",
        shippingPoint: root.first("requested-shipping-point")?.text ?? sender ?? "K1A0B1",
        isSmallLabel: print?.first("output-format")?.text == "4x6",
        isZPL: print?.first("encoding")?.text == "ZPL",
        addressLines: Self.lines(delivery?.first("destination")),
        province: address?.first("prov-state")?.text ?? "",
        wantsPrice: root.first("provide-pricing-info") != nil,
        status: group == nil ? .transmitted : .created)
    }

    /// Sixteen digits: seven of the customer, eight of the item, one that checks them.
    private static func pin(_ number: Int) -> String {
      let digits = "7301234" + String("\(100_000_000 + number)".suffix(8))
      var sum = 0
      for (index, digit) in digits.utf8.reversed().enumerated() {
        sum += Int(digit - 48) * (index % 2 == 0 ? 3 : 1)
      }
      return digits + "\((10 - sum % 10) % 10)"
    }

    private static func lines(_ destination: XMLElement?) -> [String] {
      let address = destination?.first("address-details")
      let town = ["city", "prov-state", "postal-zip-code"].compactMap { address?.first($0)?.text }
      let lines: [String?] = [
        destination?.first("name")?.text, destination?.first("company")?.text,
        destination?.first("additional-address-info")?.text,
        address?.first("address-line-1")?.text, address?.first("address-line-2")?.text,
        town.joined(separator: " "),
      ]
      return lines.compactMap { line in
        guard let line, !line.isEmpty else { return nil }
        return line
      }
    }
  }
}

extension CarrierStore {
  func manifest(_ number: Int) -> Manifest? {
    read { state in
      state.manifests.indices.contains(number - 1) ? state.manifests[number - 1] : nil
    }
  }
}
