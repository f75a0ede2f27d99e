import HTTP

/// What a request to the marketplace asks for.
enum MiraklCall: Sendable {
  case orders(ids: [String])
  case accept(String)
  case tracking(String)
  case ship(String)
  case cancel(String)
  case carriers
  case offers
  case stockImport
  case stockStatus(String)
  case account
  case version
  case platform
  /// M11, M10, M12 and M13.
  case threads
  case thread(String)
  case message(String)
  case attachment(String)
  /// OR43.
  case openThread(String)
  /// OR12, which is gone for good.
  case gone
  case wrongMethod
  /// Also every multi-shipment path: the feature is off.
  case notFound

  init(_ request: HTTPRequest, path: [Substring]) {
    let method = request.method
    func when(_ wanted: String, _ call: MiraklCall) -> MiraklCall {
      method == wanted ? call : .wrongMethod
    }
    switch (path.count, path.count > 1 ? path[1] : "") {
    case (2, "orders"):
      let ids = request.query.first { $0.0 == "order_ids" }?.1
      self = when("GET", .orders(ids: ids?.split(separator: ",").map(String.init) ?? []))
    case (3, "orders"): self = when("GET", .gone)
    case (4, "orders"):
      let id = String(path[2])
      switch path[3] {
      case "accept": self = when("PUT", .accept(id))
      case "tracking": self = when("PUT", .tracking(id))
      case "ship": self = when("PUT", .ship(id))
      case "cancel": self = when("PUT", .cancel(id))
      case "threads": self = when("POST", .openThread(id))
      default: self = .notFound
      }
    case (3, "shipping") where path[2] == "carriers": self = when("GET", .carriers)
    case (2, "offers"): self = when("GET", .offers)
    case (4, "offers") where path[2] == "stock" && path[3] == "imports":
      self = when("POST", .stockImport)
    case (6, "offers") where path[2] == "stock" && path[5] == "status":
      self = when("GET", .stockStatus(String(path[4])))
    case (2, "account"): self = when("GET", .account)
    case (2, "version"): self = when("GET", .version)
    case (3, "platform") where path[2] == "configuration": self = when("GET", .platform)
    case (3, "inbox") where path[2] == "threads": self = when("GET", .threads)
    case (4, "inbox") where path[2] == "threads": self = when("GET", .thread(String(path[3])))
    case (5, "inbox") where path[2] == "threads":
      switch path[4] {
      case "message": self = when("POST", .message(String(path[3])))
      case "download": self = when("GET", .attachment(String(path[3])))
      default: self = .notFound
      }
    default: self = .notFound
    }
  }

  var kind: CallKind {
    switch self {
    case .orders(let ids): ids.isEmpty ? .orders : .readBack
    case .accept: .accept
    case .tracking: .tracking
    case .ship: .ship
    case .cancel: .cancel
    case .carriers: .carriers
    case .offers: .offers
    case .stockImport: .stockImport
    case .stockStatus: .stockStatus
    case .account: .account
    case .version: .version
    case .platform: .platform
    case .threads: .threads
    case .thread: .thread
    case .message: .message
    case .attachment: .attachment
    case .openThread: .openThread
    case .gone, .wrongMethod, .notFound: .unknown
    }
  }

  var subjects: [String] {
    switch self {
    case .orders(let ids): ids
    case .accept(let id), .tracking(let id), .ship(let id), .cancel(let id), .openThread(let id):
      [id]
    case .thread(let id), .message(let id), .attachment(let id): [id]
    default: []
    }
  }
}
