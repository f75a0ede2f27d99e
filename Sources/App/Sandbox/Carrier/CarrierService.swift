import Cryptography
import HTTP
import Kit
import XML

/// The carrier's shipping API: contract shipments v8, non-contract shipments v4, manifests v8.
struct CarrierService: Sendable {
  let settings: SandboxSettings
  let store: CarrierStore
  let market: Marketplace
  let limiter: Limiter
  private let authorization: String

  init(
    settings: SandboxSettings, store: CarrierStore, market: Marketplace, limiter: Limiter
  ) {
    self.settings = settings
    self.store = store
    self.market = market
    self.limiter = limiter
    let pair = settings.carrierUser + ":" + settings.carrierPassword
    authorization = "Basic " + Base64.encode(Array(pair.utf8))
  }

  /// One request with what is known about it.
  struct Exchange {
    let call: CarrierCall
    let request: HTTPRequest
    let faults: Faults
    /// Scheme and host that links carry.
    let origin: String
    /// `/rs/C/M` or `/rs/C`, with numbers padded to ten digits.
    let base: String
  }

  func answer(_ call: CarrierCall, _ request: HTTPRequest, _ faults: Faults) -> Reply {
    guard request.headers["Authorization"] == authorization else {
      var reply = CarrierXML.messages(401, "E002", "AAA Authentication Failure")
      reply.headers.append(("WWW-Authenticate", "Basic realm=\"Canada Post\""))
      return reply
    }
    if let limit = settings.carrierLimit,
      limiter.wait("carrier", limit, now: settings.now()) != nil
    {
      return Self.throttled()
    }
    if let refusal = customerProblem(call) { return refusal }
    if let refusal = mediaProblem(call, request) { return refusal }
    let exchange = Exchange(
      call: call, request: request, faults: faults, origin: origin(request, faults),
      base: base(call))
    return perform(exchange)
  }

  private func perform(_ exchange: Exchange) -> Reply {
    switch exchange.call.task {
    case .create: create(exchange)
    case .find: find(exchange)
    case .get: get(exchange)
    case .details: details(exchange)
    case .price: price(exchange)
    case .receipt: receipt(exchange)
    case .void: void(exchange)
    case .refund: refund(exchange)
    case .groups: groups(exchange)
    case .transmit: transmit(exchange)
    case .manifests: manifests(exchange)
    case .manifest: manifest(exchange)
    case .manifestDetails: manifestDetails(exchange)
    case .manifestArtifact: manifestArtifact(exchange)
    case .artifact(let user, let number): artifact(exchange, user, number)
    case .track(let pin, let isDetail): track(pin, isDetail: isDetail)
    case .trackReference: trackReference(exchange)
    case .wrongMethod: CarrierXML.messages(405, [])
    case .notFound: CarrierXML.messages(404, [])
    }
  }

  static func throttled() -> Reply {
    CarrierXML.messages(500, "Server", "Rejected by SLM Monitor")
  }

  private func customerProblem(_ call: CarrierCall) -> Reply? {
    let own = CarrierRules.number(settings.customerNumber)
    if let customer = call.customer, CarrierRules.number(customer) != own {
      return CarrierXML.messages(
        403, "AA003", "The API key does not match the mailed-by customer.")
    }
    if let other = call.onBehalfOf, CarrierRules.number(other) != own {
      return CarrierXML.messages(403, "AA004", "You cannot mail on behalf of that customer.")
    }
    guard call.customer != nil else { return nil }
    if call.isContract, settings.carrierKind == .nonContract {
      return CarrierXML.messages(400, "2550", "The contract is invalid.")
    }
    if !call.isContract, settings.carrierKind == .contract {
      return CarrierXML.messages(400, "9173", "Contract shipping must be used.")
    }
    return nil
  }

  /// The exact media type in Accept (a wildcard is refused), and in Content-Type of a body.
  private func mediaProblem(_ call: CarrierCall, _ request: HTTPRequest) -> Reply? {
    guard let wanted = mediaType(call) else { return nil }
    let accept = request.headers["Accept"] ?? ""
    if !wanted.contains(accept) {
      let offered = accept.split(separator: ",").map(Self.bare)
      if !offered.contains(where: wanted.contains) { return CarrierXML.messages(406, []) }
    }
    guard request.method == "POST" else { return nil }
    let type = request.headers["Content-Type"] ?? ""
    if wanted.contains(type) || wanted.contains(Self.bare(type[...])) { return nil }
    return CarrierXML.messages(415, [])
  }

  /// A media type without its parameters.
  private static func bare(_ type: Substring) -> String {
    let name = type.split(separator: ";").first ?? ""
    return name.filter { $0 != " " }.lowercased()
  }

  private func mediaType(_ call: CarrierCall) -> [String]? {
    switch call.task {
    case .create, .find, .get, .details, .price, .receipt, .void, .refund, .groups:
      [call.isContract ? CarrierXML.shipmentType : CarrierXML.nonContractType]
    case .transmit, .manifests, .manifest, .manifestDetails: [CarrierXML.manifestType]
    case .manifestArtifact: ["application/pdf"]
    case .artifact: ["application/pdf", "application/zpl"]
    case .track, .trackReference: [CarrierXML.trackType]
    case .wrongMethod, .notFound: nil
    }
  }

  private func origin(_ request: HTTPRequest, _ faults: Faults) -> String {
    if faults.has(.foreignHref) { return "http://carrier.example:8081" }
    return settings.publicOrigin ?? "http://\(request.headers["Host"] ?? "localhost")"
  }

  private func base(_ call: CarrierCall) -> String {
    let customer = settings.customerNumber
    let padded = String(repeating: "0", count: max(0, 10 - customer.utf8.count)) + customer
    return call.isContract ? "/rs/\(padded)/\(padded)" : "/rs/\(padded)"
  }
}
