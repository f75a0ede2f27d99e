import Kit

/// The answers of `CannedUpstream`, taken once from the sandbox itself: an ordinary order at each
/// stage of its life, its parcel and its label.
struct CannedTexts: Sendable {
  /// What an order's id begins with; the number's digits follow, then `-A`.
  static let idPrefix = "27"
  /// What stands before an order's number in an id, in a path, and in the request for a shipment.
  static let prefix = Array(idPrefix.utf8)
  static let slashedPrefix = Array("/\(idPrefix)".utf8)
  static let referenceTag = Array("<customer-ref-1>\(idPrefix)".utf8)
  static let requestTag = Array("<customer-request-id>".utf8)
  private static let zeros = String(repeating: "0", count: CannedText.digits)
  private static let pin = "730123490" + zeros

  /// By stage: waiting, accepted, tracked, shipped.
  let orders: [CannedText]
  let label: CannedText
  let shipmentStart: [UInt8]
  let shipmentEnd: CannedText

  /// - Parameter origin: scheme and host that links carry.
  init(settings: SandboxSettings, origin: String) {
    let market = Marketplace(settings: settings)
    let id = market.invent(count: 1, kinds: [], shop: 0).first?.id ?? ""
    let names = [Self.idPrefix + Self.zeros, Self.pin]
    let query = try? OrderQuery([("order_ids", id)], overlap: .zero)
    var stages: [CannedText] = []
    func keep() {
      guard let query else { return }
      let page = market.page(query, shop: 0, faults: .none).body
      let start = page.firstIndex(of: UInt8(ascii: "[")).map { $0 + 1 } ?? 0
      let end = page.lastIndex(of: UInt8(ascii: "]")) ?? page.count
      stages.append(CannedText(Array(page[start..<end]), names: names))
    }
    keep()
    let lines = market.lineIDs(of: id)
    _ = market.accept(
      id, shop: 0, decisions: lines.map { LineDecision(id: $0, accepted: true) }, isIgnored: false)
    keep()
    let carrier = MiraklCarrier.byCode["CPCL"]
    _ = market.track(
      id, shop: 0,
      MarketOrder.Tracking(
        carrierCode: "CPCL", standardCode: "CPCL", carrierLabel: carrier?.label ?? "",
        number: Self.pin, url: carrier?.url(for: Self.pin)))
    keep()
    _ = market.ship(id, shop: 0)
    keep()
    orders = stages
    let pdf = LabelPDF(width: 288, height: 432, isDeflated: false)
    label = CannedText(
      pdf.bytes(lines: ["Canned", "PIN \(Self.pin)"], bars: Self.pin), names: names)
    let head = """
      <?xml version="1.0" encoding="UTF-8"?>
      <shipment-info xmlns="\(CarrierXML.shipmentSpace)"><customer-request-id>
      """
    shipmentStart = Array(head.utf8)
    shipmentEnd = CannedText(Array(Self.shipment(settings, origin).utf8), names: names)
  }

  /// What follows the request's id in the answer to a shipment's creation.
  private static func shipment(_ settings: SandboxSettings, _ origin: String) -> String {
    let type = CarrierXML.shipmentType
    let id = "70000000" + idPrefix + zeros
    let own =
      "\(origin)/rs/\(settings.customerNumber)/\(settings.customerNumber)/shipment/\(id)"
    let label = "\(origin)/rs/artifact/\(settings.carrierUser)/\(idPrefix)\(zeros)/0"
    return "</customer-request-id>" + CarrierXML.element("shipment-id", id)
      + CarrierXML.element("shipment-status", "created") + CarrierXML.element("tracking-pin", pin)
      + "<links>" + CarrierXML.link("self", own, type)
      + CarrierXML.link("details", own + "/details", type)
      + CarrierXML.link("label", label, "application/pdf", index: 0)
      + "</links></shipment-info>"
  }
}

extension Marketplace {
  fileprivate func lineIDs(of id: String) -> [String] {
    enter { state, _ in
      state.byID[id].map { state.orders[$0].lines.map(\.id) } ?? []
    }
  }
}
