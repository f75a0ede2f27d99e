import HTTP
import Kit
import XML

/// What a request to the carrier asks for, with its body read once.
struct CarrierCall: Sendable {
  enum Task: Sendable {
    case create, find, get, details, price, receipt, void, refund
    case groups, transmit, manifests, manifest, manifestDetails, manifestArtifact
    case artifact(user: String, number: Int)
    case track(pin: String, isDetail: Bool)
    case trackReference
    case wrongMethod, notFound
  }

  let task: Task
  let isContract: Bool
  /// C and M of the path, where it has them.
  var customer: String?
  var onBehalfOf: String?
  var id = ""
  /// The body of a POST when it is well-formed XML.
  var document: XMLElement?
  /// The marketplace order that the call is about, as far as can be seen.
  var orderID: String?

  init(_ request: HTTPRequest, path: [Substring], store: CarrierStore) {
    let method = request.method
    if path.first == "vis" {
      isContract = true
      task = Self.tracking(path, method)
      return
    }
    if path.count == 5 || path.count == 6, path[1] == "artifact" {
      isContract = true
      let number = Int(path[3]) ?? 0
      if path[3].hasPrefix("m") {
        task = .manifestArtifact
        id = String(path[3].dropFirst())
      } else {
        task = method == "GET" ? .artifact(user: String(path[2]), number: number) : .wrongMethod
        orderID = store.orderID(label: number)
      }
      return
    }
    isContract = path.count > 3 && path[2] != "ncshipment"
    let rest = Array(path.dropFirst(isContract ? 3 : 2))
    if path.count > 2 {
      customer = String(path[1])
      onBehalfOf = isContract ? String(path[2]) : nil
    }
    if rest.count > 1 { id = String(rest[1]) }
    task = Self.task(rest, method, isContract: isContract)
    switch task {
    case .create, .transmit, .refund: document = try? XMLElement.parse(request.body)
    default: break
    }
    orderID = subject(request, store)
  }

  private static func task(_ rest: [Substring], _ method: String, isContract: Bool) -> Task {
    func when(_ wanted: String, _ task: Task) -> Task { method == wanted ? task : .wrongMethod }
    switch (rest.count, rest.first ?? "") {
    case (1, isContract ? "shipment" : "ncshipment"):
      return method == "POST" ? .create : when("GET", .find)
    case (2, isContract ? "shipment" : "ncshipment"):
      if method == "DELETE", isContract { return .void }
      return when("GET", .get)
    case (3, isContract ? "shipment" : "ncshipment"):
      switch rest[2] {
      case "details": return when("GET", .details)
      case "price" where isContract: return when("GET", .price)
      case "receipt": return when("GET", .receipt)
      case "refund": return when("POST", .refund)
      default: return .notFound
      }
    case (1, "group") where isContract: return when("GET", .groups)
    case (1, "manifest") where isContract:
      return method == "POST" ? .transmit : when("GET", .manifests)
    case (2, "manifest") where isContract: return when("GET", .manifest)
    case (3, "manifest") where isContract && rest[2] == "details":
      return when("GET", .manifestDetails)
    default: return .notFound
    }
  }

  private static func tracking(_ path: [Substring], _ method: String) -> Task {
    guard method == "GET" else { return .wrongMethod }
    if path.count == 5, path[1] == "track", path[2] == "pin" {
      if path[4] == "summary" { return .track(pin: String(path[3]), isDetail: false) }
      if path[4] == "detail" { return .track(pin: String(path[3]), isDetail: true) }
    }
    if path.count == 4, path[1] == "track", path[2] == "ref", path[3] == "summary" {
      return .trackReference
    }
    return .notFound
  }

  private func subject(_ request: HTTPRequest, _ store: CarrierStore) -> String? {
    switch task {
    case .create:
      document?.path("delivery-spec", "references", "customer-ref-1")?.text
    case .find:
      request.query.first { $0.0 == "requestId" }.flatMap { store.orderID(requestID: $0.1) }
    case .get, .details, .price, .receipt, .void, .refund: store.shipment(id)?.orderID
    default: nil
    }
  }

  var kind: CallKind {
    switch task {
    case .create: .createShipment
    case .find: .findShipments
    case .get: .shipment
    case .details: .details
    case .price: .price
    case .receipt: .receipt
    case .void: .void
    case .refund: .refund
    case .groups: .groups
    case .transmit: .transmit
    case .manifests: .manifests
    case .manifest, .manifestDetails, .manifestArtifact: .manifest
    case .artifact: .artifact
    case .track, .trackReference: .track
    case .wrongMethod, .notFound: .unknown
    }
  }
}

extension CarrierStore {
  func orderID(label number: Int) -> String? {
    read { state in
      let at = number - 8_800_000 - 1
      return state.shipments.indices.contains(at) ? state.shipments[at].orderID : nil
    }
  }

  func orderID(requestID: String) -> String? {
    read { state in
      state.byRequestID[requestID]?.first.map { state.shipments[$0].orderID }
    }
  }
}
