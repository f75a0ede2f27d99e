import HTTP
public import HTTPClient
import Kit
import XML

extension CanadaPostClient {
  /// - Parameters:
  ///   - deadline: of each call but the purchase, to the last byte of its answer.
  ///   - purchaseDeadline: of the purchase, whose answer may take long.
  public static func live(
    _ account: CanadaPostAccount, http: HTTPClient, deadline: Duration = .seconds(30),
    purchaseDeadline: Duration = .seconds(60)
  ) -> CanadaPostClient {
    let wire = CanadaPostWire(account, http: http, deadline: deadline)
    let isContract = account.isContract
    let type = isContract ? CarrierMedia.shipment : CarrierMedia.nonContract
    let customer = "\(account.baseURL)/rs/\(account.customerNumber)"
    let owner = "\(customer)/\(account.customerNumber)"
    let shipments = isContract ? "\(owner)/shipment" : "\(customer)/ncshipment"

    @Sendable func get<Value: Sendable>(
      _ endpoint: String, _ href: String, _ accept: String = type,
      _ decode: ([UInt8]) throws(OutsideError) -> Value
    ) async -> Answer<Value> {
      await wire.send(CarrierCall(endpoint, "GET", href, accept: accept)) {
        response throws(OutsideError) in try decode(response.body)
      }
    }

    return CanadaPostClient(
      isContract: isContract,
      createShipment: { request in
        let call = CarrierCall(
          "CreateShipment", "POST", shipments, accept: type, body: request.xml(for: account.kind),
          kind: .create, relatedID: request.customerRef1, deadline: purchaseDeadline)
        return await wire.send(call) { response throws(OutsideError) in
          let info = try ShipmentInfo.decode(response.body, .create)
          // Somebody else's answer would be somebody else's label.
          guard !isContract || info.requestID == nil || info.requestID == request.requestID else {
            throw CanadaPostErrors.unreadable("the answer is to another request", .create)
          }
          return info
        }
      },
      find: { search in
        guard let query = search.query(isContract: isContract) else {
          return .unsent(
            "FindShipments", "GET", shipments,
            CanadaPostErrors.bug("this account cannot be searched by \(search)"))
        }
        var answer = await get(
          "FindShipments", "\(shipments)?\(query)", type, FoundShipment.list(from:))
        // The carrier's own 404 says that there is none.
        if case .failure(let error) = answer.result, case .notFound = error.classification {
          answer.result = .success([])
        }
        return answer
      },
      shipment: { href in
        await get("GetShipment", href) { body throws(OutsideError) in
          try ShipmentInfo.decode(body)
        }
      },
      details: { href in
        await get("GetShipmentDetails", href.ending("details"), type, ShipmentDetails.decode)
      },
      price: { href in
        await get(
          isContract ? "GetShipmentPrice" : "GetShipmentReceipt",
          href.ending(isContract ? "price" : "receipt")
        ) { body throws(OutsideError) in
          let root = try CanadaPostErrors.xml(body, .read)
          guard root.first("base-amount") != nil else {
            throw CanadaPostErrors.unreadable("'\(root.localName)' instead of a price", .read)
          }
          return ShipmentPrice(root)
        }
      },
      artifact: { link in
        let isZPL = link.mediaType == CarrierMedia.zpl
        var call = CarrierCall(
          "GetArtifact", "GET", link.href, accept: isZPL ? CarrierMedia.zpl : CarrierMedia.pdf)
        call.isDocument = true
        return await wire.send(call) { response throws(OutsideError) in
          response.status == 202 || response.body.isEmpty
            ? .notReady(retryAfter: CanadaPostErrors.retryAfter(response)) : .ready(response.body)
        }
      },
      void: { href in
        guard isContract else {
          return .unsent(
            "VoidShipment", "DELETE", href,
            CanadaPostErrors.bug("only labels of a contract can be voided: ask for a refund"))
        }
        let call = CarrierCall("VoidShipment", "DELETE", href, accept: type, kind: .change)
        var answer = await wire.send(call) { response throws(OutsideError) in
          guard response.body.isEmpty else {
            throw CanadaPostErrors.unreadable("an answer where none was due", .change)
          }
          return VoidOutcome.voided
        }
        if case .failure(let error) = answer.result {
          if case .notFound = error.classification { answer.result = .success(.alreadyGone) }
          if CanadaPostCodes.isSame(error.code, "8064") { answer.result = .success(.transmitted) }
        }
        return answer
      },
      refund: { href, email in
        let target = href.isShipment ? href.ending("refund") : href
        var check = FieldCheck()
        check.email("email", email, lastLabelMax: isContract ? 60 : 5)
        guard check.problems.isEmpty else {
          let error = OutsideError(
            service: CanadaPostErrors.service, message: "the refund needs an e-mail address",
            classification: .invalid(check.problems))
          return .unsent("RefundShipment", "POST", target, error)
        }
        let name = isContract ? "shipment-refund-request" : "non-contract-shipment-refund-request"
        let space =
          isContract ? CarrierMedia.shipmentNamespace : CarrierMedia.nonContractNamespace
        let body = XMLWriter.document(root: name, namespace: space) { $0.element("email", email) }
        let call = CarrierCall(
          "RefundShipment", "POST", target, accept: type, body: body, kind: .change)
        return await wire.send(call) { response throws(OutsideError) in
          let root = try CanadaPostErrors.xml(response.body, .change)
          guard root.localName.hasSuffix("refund-request-info") else {
            throw CanadaPostErrors.unreadable("'\(root.localName)' instead of a ticket", .change)
          }
          return RefundTicket(root)
        }
      },
      groups: {
        await get("GetGroups", "\(owner)/group", CarrierMedia.shipment) {
          body throws(OutsideError) in
          let root = try CanadaPostErrors.xml(body, .read)
          guard root.localName == "groups" else {
            throw CanadaPostErrors.unreadable("'\(root.localName)' instead of groups", .read)
          }
          return root.all("group").compactMap { $0.text(of: "group-id") }
        }
      },
      transmit: { request in
        let call = CarrierCall(
          "TransmitShipments", "POST", "\(owner)/manifest", accept: CarrierMedia.manifest,
          body: request.xml, kind: .change, deadline: purchaseDeadline)
        return await wire.send(call) { response throws(OutsideError) in
          try Manifest.list(from: response.body, .change)
        }
      },
      manifest: { href in
        let call = CarrierCall("GetManifest", "GET", href, accept: CarrierMedia.manifest)
        var answer = await wire.send(call) { response throws(OutsideError) in
          response.status == 202
            ? ManifestState.notReady(retryAfter: CanadaPostErrors.retryAfter(response))
            : .ready(try Manifest.decode(response.body))
        }
        // Asked too soon after the transmission.
        if case .failure(let error) = answer.result, CanadaPostCodes.isSame(error.code, "9153") {
          answer.result = .success(.notReady(retryAfter: nil))
        }
        return answer
      },
      manifests: { start, end in
        let query = "start=\(start)" + (end.map { "&end=\($0)" } ?? "")
        return await get("GetManifests", "\(owner)/manifest?\(query)", CarrierMedia.manifest) {
          body throws(OutsideError) in try Manifest.list(from: body, .read)
        }
      })
  }
}

extension ShipmentSearch {
  /// `nil` when that kind of account cannot be searched so.
  func query(isContract: Bool) -> String? {
    switch self {
    case .requestID(let id): isContract ? "requestId=\(PercentEncoding.encode(id))" : nil
    case .group(let id): isContract ? "groupId=\(PercentEncoding.encode(id))" : nil
    case .manifest(let id): isContract ? "manifestId=\(PercentEncoding.encode(id))" : nil
    case .transmittedOn(let day):
      isContract ? "noManifest=true&date=\(PercentEncoding.encode(day))" : nil
    case .trackingPIN(let pin): "trackingPIN=\(PercentEncoding.encode(pin))"
    case .window(let from, let to): isContract ? nil : "from=\(from.minute)&to=\(to.minute)"
    }
  }
}

extension Timestamp {
  /// `YYYYMMDDHHMM`.
  fileprivate var minute: String { iso8601.prefix(16).filter(\.isNumber) }
}

extension String {
  /// The sub-resource of a link, unless the link is it already.
  fileprivate func ending(_ name: String) -> String {
    hasSuffix("/\(name)") ? self : "\(self)/\(name)"
  }

  /// A self link: `.../shipment/{id}` or `.../ncshipment/{id}`.
  fileprivate var isShipment: Bool {
    let parts = split(separator: "/")
    return parts.count >= 2 && parts[parts.count - 2].hasSuffix("shipment")
  }
}
