import Kit
public import Orders

/// The row that is committed before any money is spent.
public struct NewShipment: Sendable {
  public var orderID: String
  public var requestID: String
  public var accountKind: String
  public var groupID: String?

  public init(
    orderID: String, requestID: String, accountKind: String, groupID: String?
  ) {
    self.orderID = orderID
    self.requestID = requestID
    self.accountKind = accountKind
    self.groupID = groupID
  }
}

/// What became known of an order's parcel; `nil` keeps what is there.
public struct ShipmentUpdate: Sendable {
  public var orderID: String
  public var status: ShipmentStatus?
  public var carrierID: String?
  public var serviceCode: String?
  public var trackingPIN: String?
  public var labelURL: String?
  public var labelType: String?
  public var selfURL: String?
  public var refundURL: String?
  public var labelPath: String?
  public var labelSHA256: String?
  public var labelBytes: Int?
  public var refundTicket: String?
  public var isTrackingPosted: Bool

  public init(
    orderID: String, status: ShipmentStatus? = nil, carrierID: String? = nil,
    serviceCode: String? = nil,
    trackingPIN: String? = nil, labelURL: String? = nil, labelType: String? = nil,
    selfURL: String? = nil, refundURL: String? = nil, labelPath: String? = nil,
    labelSHA256: String? = nil, labelBytes: Int? = nil, refundTicket: String? = nil,
    isTrackingPosted: Bool = false
  ) {
    self.orderID = orderID
    self.status = status
    self.carrierID = carrierID
    self.serviceCode = serviceCode
    self.trackingPIN = trackingPIN
    self.labelURL = labelURL
    self.labelType = labelType
    self.selfURL = selfURL
    self.refundURL = refundURL
    self.labelPath = labelPath
    self.labelSHA256 = labelSHA256
    self.labelBytes = labelBytes
    self.refundTicket = refundTicket
    self.isTrackingPosted = isTrackingPosted
  }
}

extension ShipmentUpdate {
  /// One update an order, what was learned last counting: a statement that finds two rows for one
  /// order would write either of them.
  static func merged(_ updates: [ShipmentUpdate]) -> [ShipmentUpdate] {
    var merged: [ShipmentUpdate] = []
    var at: [String: Int] = [:]
    for update in updates {
      if let i = at[update.orderID] {
        merged[i].learn(update)
      } else {
        at[update.orderID] = merged.count
        merged.append(update)
      }
    }
    return merged
  }

  private mutating func learn(_ later: ShipmentUpdate) {
    status = later.status ?? status
    carrierID = later.carrierID ?? carrierID
    serviceCode = later.serviceCode ?? serviceCode
    // A parcel's first PIN stays, as in the database.
    trackingPIN = trackingPIN ?? later.trackingPIN
    labelURL = later.labelURL ?? labelURL
    labelType = later.labelType ?? labelType
    selfURL = later.selfURL ?? selfURL
    refundURL = later.refundURL ?? refundURL
    labelPath = later.labelPath ?? labelPath
    labelSHA256 = later.labelSHA256 ?? labelSHA256
    labelBytes = later.labelBytes ?? labelBytes
    refundTicket = later.refundTicket ?? refundTicket
    isTrackingPosted = isTrackingPosted || later.isTrackingPosted
  }
}
