import HTTP
import Kit
import XML

extension CarrierService {
  func transmit(_ exchange: Exchange) -> Reply {
    guard let root = exchange.call.document else {
      return invalid(exchange, "cvc-elt.1: Content is not allowed in prolog.")
    }
    let problem = SchemaCheck.problem(
      root, name: "transmit-set", namespace: CarrierXML.manifestSpace,
      rule: CarrierSchema.transmitSet)
    if let problem { return invalid(exchange, problem) }
    let groups = root.first("group-ids")?.all("group-id").map(\.text) ?? []
    let excluded = root.first("excluded-shipments")?.all("shipment-id").map(\.text) ?? []
    guard
      let manifest = store.transmit(
        groups: groups, excluded: Set(excluded), request: exchange.request.body)
    else {
      return CarrierXML.messages(400, "9122", "The groups are empty or all excluded.")
    }
    return manifests([manifest], exchange)
  }

  func manifests(_ exchange: Exchange) -> Reply {
    let query = exchange.request.query
    guard let start = query.first(where: { $0.0 == "start" })?.1 else {
      return CarrierXML.messages(400, "9105", "The query parameter start is missing.")
    }
    let end = query.first { $0.0 == "end" }?.1 ?? settings.now().compact(8)
    let found = store.read { state in
      state.manifests.filter { (start...max(start, end)).contains($0.createdAt.compact(8)) }
    }
    return manifests(found, exchange)
  }

  private func manifests(_ manifests: [Manifest], _ exchange: Exchange) -> Reply {
    let links = manifests.map { manifest in
      let href = "\(exchange.origin)\(exchange.base)/manifest/\(manifest.id)"
      return CarrierXML.link("manifest", href, CarrierXML.manifestType)
    }
    return CarrierXML.document(
      "manifests", CarrierXML.manifestSpace, CarrierXML.manifestType, links.joined())
  }

  /// The manifest of the path; a reply instead when there is none or it is not ready.
  private func ready(_ exchange: Exchange) -> Result<Manifest, NotReady> {
    let id = exchange.call.id
    guard let manifest = store.read({ $0.manifests.first { $0.id == id } }) else {
      return .failure(NotReady(reply: CarrierXML.messages(404, [])))
    }
    let age = settings.now().duration(since: manifest.createdAt)
    if age < settings.manifestDelay || exchange.faults.has(.notReady) {
      return .failure(NotReady(reply: Reply(status: 202, contentType: nil)))
    }
    return .success(manifest)
  }

  private struct NotReady: Error {
    let reply: Reply
  }

  func manifest(_ exchange: Exchange) -> Reply {
    switch ready(exchange) {
    case .failure(let other): return other.reply
    case .success(let manifest):
      let own = "\(exchange.origin)\(exchange.base)/manifest/\(manifest.id)"
      let type = CarrierXML.manifestType
      let shipments = "\(exchange.origin)\(exchange.base)/shipment?manifestId=\(manifest.id)"
      let user = settings.carrierUser
      let links =
        CarrierXML.link("self", own, type) + CarrierXML.link("details", own + "/details", type)
        + CarrierXML.link("manifestShipments", shipments, CarrierXML.shipmentType)
        + CarrierXML.link(
          "artifact", "\(exchange.origin)/rs/artifact/\(user)/m\(manifest.id)/0",
          "application/pdf")
      return CarrierXML.document(
        "manifest", CarrierXML.manifestSpace, type,
        CarrierXML.element("po-number", manifest.purchaseOrder) + "<links>\(links)</links>")
    }
  }

  func manifestDetails(_ exchange: Exchange) -> Reply {
    switch ready(exchange) {
    case .failure(let other): return other.reply
    case .success(let manifest):
      let root = try? XMLElement.parse(manifest.request)
      let time = manifest.createdAt.iso8601
      let customer = settings.customerNumber
      let due = Self.money(
        store.read { state in
          state.shipments.filter { $0.manifest == manifest.number }.map { amounts($0).base }
            .reduce(0, +)
        })
      let parts = [
        ("po-number", manifest.purchaseOrder),
        ("final-shipping-point", root?.first("requested-shipping-point")?.text ?? "K1A0B1"),
        ("shipping-point-name", "SANDBOX PO"), ("shipping-point-id", "0192"),
        ("mailed-by-customer", customer), ("mailed-on-behalf-of", customer),
        ("paid-by-customer", customer), ("manifest-date", String(time.prefix(10))),
        ("manifest-time", String(time.dropFirst(11).prefix(5)) + " UTC"),
        ("contract-id", settings.contractID),
        ("method-of-payment", root?.first("method-of-payment")?.text ?? "Account"),
      ]
      let pricing = [
        ("base-cost", due), ("automation-discount", "0.00"), ("options-and-surcharges", "0.00"),
        ("gst", "0.00"), ("pst", "0.00"), ("hst", "0.00"), ("total-due-cpc", due),
      ]
      func text(_ parts: [(String, String)]) -> String {
        parts.map { CarrierXML.element($0.0, $0.1) }.joined()
      }
      let address = root?.first("manifest-address").map(Self.text) ?? ""
      return CarrierXML.document(
        "manifest-details", CarrierXML.manifestSpace, CarrierXML.manifestType,
        text(parts) + "<manifest-pricing-info>\(text(pricing))</manifest-pricing-info>" + address)
    }
  }

  func manifestArtifact(_ exchange: Exchange) -> Reply {
    switch ready(exchange) {
    case .failure(let other): return other.reply
    case .success(let manifest):
      let lines = ["Manifest \(manifest.purchaseOrder)"] + manifest.groupIDs.map { "Group \($0)" }
      let pdf = LabelPDF(width: 612, height: 792, isDeflated: false)
      return Reply(
        status: 200, contentType: "application/pdf",
        body: pdf.bytes(lines: lines, bars: "0123456789012345"))
    }
  }
}
