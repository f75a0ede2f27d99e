/// What is so around a session while an event is decided; the order's row is locked meanwhile.
public struct PackingSurroundings: Sendable {
  public var mode: PackingMode
  public var standing: OrderStanding
  /// What the codes of this event's scan mean to us, the likeliest first.
  public var meanings: [CodeMeaning]
  /// The order in whose parcel the serial number of this event lies already.
  public var serialOwner: String?
  /// That parcel left the house: the piece may have come back.
  public var hasSerialLeft = false
  /// The serial number of this event lies in a parcel, of whatever order.
  public var isSerialTaken = false

  public init(
    mode: PackingMode, standing: OrderStanding, meanings: [CodeMeaning] = [],
    serialOwner: String? = nil
  ) {
    self.mode = mode
    self.standing = standing
    self.meanings = meanings
    self.serialOwner = serialOwner
  }
}

/// Something of ours that a code names.
public enum CodeMeaning: Sendable, Equatable {
  case part(KnownPart)
  case base(id: Int64, name: String)
  /// An order's id, or the tracking number of its parcel.
  case order(String)
}

public struct KnownPart: Sendable, Equatable {
  public var id: Int64
  public var name: String
  public var asksSerial: Bool

  public init(id: Int64, name: String, asksSerial: Bool) {
    self.id = id
    self.name = name
    self.asksSerial = asksSerial
  }
}

/// Where the order and its label stand now.
public struct OrderStanding: Sendable, Equatable {
  /// The order is cancelled or refused, and why.
  public var offReason: String?
  /// It is not to be packed, or not yet, and why.
  public var waitReason: String?
  /// A person holds it, and why.
  public var holdReason: String?
  /// The number of the label, where there is a parcel.
  public var generation: Int
  /// The label is stored and serves.
  public var hasLabel: Bool
  /// The label was voided, or is being voided.
  public var isLabelVoid: Bool
  public var trackingPIN: String?

  public init(
    offReason: String? = nil, waitReason: String? = nil, holdReason: String? = nil,
    generation: Int = 1, hasLabel: Bool = true, isLabelVoid: Bool = false,
    trackingPIN: String? = nil
  ) {
    self.offReason = offReason
    self.waitReason = waitReason
    self.holdReason = holdReason
    self.generation = generation
    self.hasLabel = hasLabel
    self.isLabelVoid = isLabelVoid
    self.trackingPIN = trackingPIN
  }
}

/// What the ledger writes beside the session and its log.
public enum PackingBooking: Sendable, Equatable {
  /// `installed` leaves the stock for this line of the order, `removed` comes into it.
  case swap(lineID: String, installed: Int64, removed: Int64)
  /// The order is held and a person is told.
  case hold(String)
  /// A piece that left with the order `from` is here again, and goes out with this one.
  case cameBack(serial: String, from: String)
  /// The parcel with this label is closed.
  case packed(generation: Int)
}
