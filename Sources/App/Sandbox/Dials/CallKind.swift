/// The calls that a dial can name. Raw values are the names in `PUT /control/dials`.
///
/// A rule for `orders` also covers `read_back` (OR11 with `order_ids`); `mirakl`, `canada_post`,
/// `google`, `sheets` and `ntfy` cover a whole service and `*` everything.
enum CallKind: String, Sendable, CaseIterable {
  case orders
  case readBack = "read_back"
  case accept, tracking, ship, cancel, carriers, account, version, platform, offers
  case stockImport = "stock_import"
  case stockStatus = "stock_status"
  // The inbox.
  case threads, thread, message, attachment
  case openThread = "open_thread"
  case createShipment = "create_shipment"
  case findShipments = "find_shipments"
  case shipment, details, price, receipt, artifact, void, refund, groups, transmit, manifests
  case manifest, track
  // Google, and the push server.
  case token
  case sheetGet = "sheet_get"
  case sheetBatchGet = "sheet_batch_get"
  case sheetAppend = "sheet_append"
  case sheetUpdate = "sheet_update"
  case sheetBatchUpdate = "sheet_batch_update"
  case fcmSend = "fcm_send"
  case ntfyPublish = "ntfy_publish"
  case ntfyPoll = "ntfy_poll"
  /// The language model.
  case chatCompletion = "chat_completion"
  /// A path that no service knows.
  case unknown

  enum Service { case marketplace, carrier, token, sheets, messaging, ntfy, model, none }

  var service: Service {
    switch self {
    case .orders, .readBack, .accept, .tracking, .ship, .cancel, .carriers, .account, .version,
      .platform, .offers, .stockImport, .stockStatus, .threads, .thread, .message, .attachment,
      .openThread:
      .marketplace
    case .createShipment, .findShipments, .shipment, .details, .price, .receipt, .artifact, .void,
      .refund, .groups, .transmit, .manifests, .manifest, .track:
      .carrier
    case .token: .token
    case .sheetGet, .sheetBatchGet, .sheetAppend, .sheetUpdate, .sheetBatchUpdate: .sheets
    case .fcmSend: .messaging
    case .ntfyPublish, .ntfyPoll: .ntfy
    case .chatCompletion: .model
    case .unknown: .none
    }
  }

  var isMarketplace: Bool { service == .marketplace }

  /// Google's, the push server's or the model's: none speaks XML.
  var isGoogle: Bool {
    switch service {
    case .token, .sheets, .messaging, .ntfy, .model: true
    case .marketplace, .carrier, .none: false
    }
  }

  func isCovered(by name: String) -> Bool {
    if name == rawValue || name == "*" { return true }
    switch name {
    case "orders": return self == .readBack
    case "mirakl": return isMarketplace
    case "canada_post": return service == .carrier
    case "sheets": return service == .sheets
    case "google": return isGoogle && service != .ntfy && service != .model
    case "ntfy": return service == .ntfy
    default: return false
    }
  }

  /// What covers more than one call.
  static let services = ["*", "mirakl", "canada_post", "google", "sheets", "ntfy"]

  static func isKnown(_ name: String) -> Bool {
    CallKind(rawValue: name) != nil || services.contains(name)
  }
}
