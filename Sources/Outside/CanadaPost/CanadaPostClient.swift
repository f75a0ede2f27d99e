import Cryptography
import HTTP
public import HTTPClient
public import Kit
import XML

/// The carrier's XML services, as values that a test can replace one by one.
///
/// Every call is made once; what it came to is an `Answer` with its record. None throws. Credentials
/// only ever go to the configured host: a link that points elsewhere is refused before it is called.
public struct CanadaPostClient: Sendable {
  /// Buys a label.
  public var createShipment: @Sendable (ShipmentRequest) async -> Answer<ShipmentInfo>
  /// Addresses of all shipments that may carry a request id: by that id for contract accounts, by
  /// time window for others, whose details then tell.
  public var search: @Sendable (_ requestID: String, _ since: Timestamp) async -> Answer<[String]>
  public var shipment: @Sendable (_ href: String) async -> Answer<ShipmentInfo>
  public var details: @Sendable (_ href: String) async -> Answer<ShipmentDetails>
  public var artifact: @Sendable (LabelLink) async -> Answer<Artifact>
  public var void: @Sendable (_ href: String) async -> Answer<VoidOutcome>
  public var refund: @Sendable (_ href: String, _ email: String) async -> Answer<RefundTicket>
  /// Groups that are not transmitted yet.
  public var groups: @Sendable () async -> Answer<[String]>

  public func search(requestID: String, since: Timestamp) async -> Answer<[String]> {
    await search(requestID, since)
  }
}

extension CanadaPostClient {
  public static func live(
    _ account: CanadaPostAccount, http: HTTPClient, deadline: Duration = .seconds(30),
    purchaseDeadline: Duration = .seconds(60)
  ) -> CanadaPostClient {
    let wire = CarrierWire(account: account, http: http, deadline: deadline)
    let isContract = account.kind != .nonContract
    let type = isContract ? MediaType.shipment : MediaType.nonContract
    let root = "\(account.baseURL)/rs/\(account.customerNumber)"
    let shipments = isContract ? "\(root)/\(account.customerNumber)/shipment" : "\(root)/ncshipment"
    return CanadaPostClient(
      createShipment: { request in
        let body = request.xml(for: account.kind)
        return await wire.send(
          "CreateShipment", "POST", shipments, accept: type, type: type, body: body, .create,
          relatedID: request.customerRef1, deadline: purchaseDeadline
        ) { response throws(OutsideError) in try ShipmentInfo.decode(response.body) }
      },
      search: { requestID, since in
        let query =
          isContract
          ? "requestId=\(PercentEncoding.encode(requestID))"
          : "from=\(minute(since - .minutes(10)))&to=\(minute(Timestamp.now() + .minutes(10)))"
        var answer = await wire.send(
          "FindShipments", "GET", "\(shipments)?\(query)", accept: type, .read
        ) { response throws(OutsideError) in
          let root = try CanadaPostErrors.xml(response.body)
          // Links, or with another parameter the shipments themselves.
          let links = root.all("link").compactMap { $0["rel"] == "shipment" ? $0["href"] : nil }
          let whole = root.all("shipment-info").compactMap { info in
            info.first("links")?.all("link").first { $0["rel"] == "self" }?["href"]
          }
          return links + whole
        }
        // None found may be an empty list or a 404.
        if case .failure(let error) = answer.result, case .notFound = error.classification {
          answer.result = .success([])
        }
        return answer
      },
      shipment: { href in
        await wire.send("GetShipment", "GET", href, accept: type, .read) {
          response throws(OutsideError) in try ShipmentInfo.decode(response.body)
        }
      },
      details: { href in
        await wire.send("GetShipmentDetails", "GET", href + "/details", accept: type, .read) {
          response throws(OutsideError) in try ShipmentDetails.decode(response.body)
        }
      },
      artifact: { link in
        await wire.send("GetArtifact", "GET", link.href, accept: link.mediaType, .read) {
          response throws(OutsideError) in
          response.status == 202
            ? .notReady(retryAfter: CanadaPostErrors.retryAfter(response)) : .ready(response.body)
        }
      },
      void: { href in
        var answer = await wire.send("VoidShipment", "DELETE", href, accept: type, .undo) {
          _ throws(OutsideError) in VoidOutcome.voided
        }
        if case .failure(let error) = answer.result {
          if case .notFound = error.classification { answer.result = .success(.alreadyGone) }
          if error.code == "8064" { answer.result = .success(.transmitted) }
        }
        return answer
      },
      refund: { href, email in
        let name = isContract ? "shipment-refund-request" : "non-contract-shipment-refund-request"
        let space = isContract ? MediaType.shipmentNamespace : MediaType.nonContractNamespace
        let body = XMLWriter.document(root: name, namespace: space) { $0.element("email", email) }
        return await wire.send(
          "RefundShipment", "POST", href, accept: type, type: type, body: body, .undo
        ) { response throws(OutsideError) in
          let root = try CanadaPostErrors.xml(response.body)
          return RefundTicket(
            ticketID: root.text(of: "service-ticket-id"), date: root.text(of: "service-ticket-date"))
        }
      },
      groups: {
        await wire.send(
          "GetGroups", "GET", "\(root)/\(account.customerNumber)/group", accept: type, .read
        ) { response throws(OutsideError) in
          let root = try CanadaPostErrors.xml(response.body)
          return root.all("group").compactMap { $0.text(of: "group-id") }
        }
      })
  }

  /// `YYYYMMDDHHMM`.
  private static func minute(_ moment: Timestamp) -> String {
    String(moment.iso8601.prefix(16).filter(\.isNumber))
  }
}

/// Sends to the carrier, and only there.
struct CarrierWire: Sendable {
  let account: CanadaPostAccount
  let http: HTTPClient
  let deadline: Duration
  let authorization: String

  init(account: CanadaPostAccount, http: HTTPClient, deadline: Duration) {
    self.account = account
    self.http = http
    self.deadline = deadline
    authorization = "Basic " + Base64.encode(Array("\(account.user):\(account.password)".utf8))
  }

  func send<Value: Sendable>(
    _ endpoint: String, _ method: String, _ url: String, accept: String, type: String? = nil,
    body: [UInt8]? = nil, _ call: CanadaPostErrors.Call, relatedID: String? = nil,
    deadline: Duration? = nil, _ decode: (HTTPClientResponse) throws(OutsideError) -> Value
  ) async -> Answer<Value> {
    let related = relatedID ?? Log.correlationID?.split(separator: "/").dropFirst().first.map(String.init)
    // A link of the carrier's own answer must not lead the credentials elsewhere.
    guard let target = Origin(url: url), target == Origin(url: account.baseURL) else {
      return refused(endpoint, method, url, relatedID: related)
    }
    var headers: HTTPHeaders = [
      "Authorization": authorization, "Accept": accept, "Accept-language": "en-CA",
    ]
    if let type { headers.append("Content-Type", type) }
    var (record, result) = await http.recorded(
      HTTPClientRequest(
        method: method, url: url, headers: headers, body: body, deadline: deadline ?? self.deadline),
      service: CanadaPostErrors.service, endpoint: endpoint, relatedID: related)
    switch result {
    case .failure(let error):
      return Answer(call: record, result: .failure(CanadaPostErrors.error(error, call)))
    case .success(let response):
      if endpoint == "GetArtifact", !response.body.isEmpty {
        let hash = SHA256.hex(SHA256.hash(response.body))
        record.responseBody = Array("(\(response.body.count) bytes, sha256 \(hash))".utf8)
      } else {
        record.responseBody = Array(
          Redaction.url(String(decoding: record.responseBody, as: UTF8.self)).utf8)
      }
      guard (200..<300).contains(response.status) else {
        let error = CanadaPostErrors.error(response, call)
        record.problem = error.message
        return Answer(call: record, result: .failure(error))
      }
      do {
        return Answer(call: record, result: .success(try decode(response)))
      } catch {
        record.isSuccess = false
        record.problem = error.message
        var error = error
        if call == .read { error.classification = .transient(retryAfter: nil) }
        return Answer(call: record, result: .failure(error))
      }
    }
  }

  private func refused<Value>(
    _ endpoint: String, _ method: String, _ url: String, relatedID: String?
  ) -> Answer<Value> {
    let why = "the link does not lead to \(account.baseURL); nothing was sent"
    let record = CallRecord(
      id: UUIDv7.make(), service: CanadaPostErrors.service, endpoint: endpoint, method: method,
      url: Redaction.url(url), startedAt: Timestamp.now(), isSuccess: false, problem: why,
      correlationID: Log.correlationID ?? endpoint, relatedID: relatedID)
    return Answer(
      call: record,
      result: .failure(
        OutsideError(
          service: CanadaPostErrors.service, message: why, classification: .needsPerson(question: why))))
  }
}
