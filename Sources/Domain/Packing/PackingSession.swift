public import Kit

/// One order at the bench: what was scanned so far, and what the next event does to it. Pure; the
/// ledger keeps it under a lock and the server alone owns it.
public struct PackingSession: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable {
    case open
    /// The labelled parcel is closed.
    case packed
    /// Something is missing; a person decides.
    case held
    /// The order went off in the middle.
    case stopped
  }

  /// What the next scan is taken for.
  public enum Awaiting: Sendable, Equatable {
    case parts
    case serial(item: String)
    case removedPart
    case removedSerial(KnownPart)
    case installedPart(Removed)
    case installedSerial(item: String, Removed)
  }

  public struct Removed: Sendable, Equatable {
    public var partID: Int64
    public var name: String
    public var serial: String?

    public init(partID: Int64, name: String, serial: String? = nil) {
      self.partID = partID
      self.name = name
      self.serial = serial
    }
  }

  /// One unit of an item that is in the parcel.
  public struct Placement: Sendable, Equatable {
    public var itemKey: String
    public var serial: String?
    /// The part that came out where this one went in; stock was booked for both.
    public var removed: Removed?

    public init(itemKey: String, serial: String? = nil, removed: Removed? = nil) {
      self.itemKey = itemKey
      self.serial = serial
      self.removed = removed
    }
  }

  public struct Alarm: Sendable, Equatable {
    public var code: PackingOutcome.Code
    public var message: String

    public init(code: PackingOutcome.Code, message: String) {
      self.code = code
      self.message = message
    }
  }

  /// Two triggers of one scan lie closer together; two scans of a person do not.
  public static let blanking: Int64 = 400

  public let id: UUIDv7
  public let orderID: String
  public let bill: PackingBill
  public internal(set) var state = State.open
  /// Empty: nobody has it in hand.
  public internal(set) var packer: String
  /// One more with each event, refused ones too.
  public internal(set) var version = 0
  public internal(set) var placed: [Placement] = []
  public internal(set) var awaiting = Awaiting.parts
  /// The red screen that nobody has read yet.
  public internal(set) var alarm: Alarm?
  /// The number of the label that was printed last.
  public internal(set) var printed: Int?
  /// Why it is held or stopped.
  public internal(set) var reason: String?
  /// The serial number of a piece that left before: scanned again, it goes out again.
  public internal(set) var confirming: String?
  var lastScan: (text: String, at: Int64)?

  public init(
    id: UUIDv7, orderID: String, bill: PackingBill, packer: String,
    after earlier: PackingSession? = nil
  ) {
    self.id = id
    self.orderID = orderID
    self.bill = bill
    self.packer = packer
    // What was swapped is in the machine already, whatever became of the session.
    placed = (earlier?.placed ?? []).filter { $0.removed != nil && bill.item($0.itemKey) != nil }
  }

  public static func == (a: PackingSession, b: PackingSession) -> Bool {
    a.id == b.id && a.orderID == b.orderID && a.bill == b.bill && a.state == b.state
      && a.packer == b.packer && a.version == b.version && a.placed == b.placed
      && a.awaiting == b.awaiting && a.alarm == b.alarm && a.printed == b.printed
      && a.reason == b.reason && a.confirming == b.confirming
      && a.lastScan?.text == b.lastScan?.text
      && a.lastScan?.at == b.lastScan?.at
  }

  // MARK: Looking

  public func count(of item: PackingItem) -> Int { count(of: item.key) }

  func count(of key: String) -> Int {
    placed.reduce(0) { $1.itemKey == key ? $0 + 1 : $0 }
  }

  public var unitsPlaced: Int { bill.items.reduce(0) { $0 + min($1.needed, count(of: $1)) } }
  public var isVerified: Bool { unitsPlaced == bill.units && awaiting == .parts }

  /// What is still to be scanned, in words.
  public var missing: [String] {
    bill.items.compactMap { item in
      let left = item.needed - count(of: item)
      return left > 0 ? "\(left) × \(item.name)" : nil
    }
  }

  /// The serial number that this event would record.
  public func serial(in event: PackingEvent) -> String? {
    guard case .scan(let scan) = event.resolved else { return nil }
    switch awaiting {
    case .serial, .installedSerial: return Self.serial(scan.serial ?? scan.plain)
    case .parts, .installedPart: return scan.serial.flatMap(Self.serial)
    case .removedPart, .removedSerial: return nil
    }
  }

  /// A serial number as it is compared; `nil` for what cannot be one.
  public static func serial(_ text: String) -> String? {
    let text = text.uppercased()
    guard (3...60).contains(text.utf8.count), text.utf8.allSatisfy({ (33...126).contains($0) })
    else { return nil }
    return text
  }
}
