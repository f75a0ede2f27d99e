/// What a packer did.
public enum PackingEvent: Sendable, Equatable {
  case scan(ScannedText)
  /// The red screen was read.
  case acknowledge
  /// A part is going to be taken out and another put in.
  case swap
  /// Takes the last step back.
  case undo
  /// - Parameter anyway: although the parcel is not verified, after the warning.
  case print(anyway: Bool)
  /// The labelled parcel is closed, without scanning its label.
  case seal
  case shortPick(ShortPick)
  case takeOver
  /// Somebody else may go on with it.
  case leave

  /// The word for it in the log.
  public var kind: String {
    switch self {
    case .scan: "scan"
    case .acknowledge: "acknowledge"
    case .swap: "swap"
    case .undo: "undo"
    case .print(let anyway): anyway ? "print_anyway" : "print"
    case .seal: "seal"
    case .shortPick: "short_pick"
    case .takeOver: "take_over"
    case .leave: "leave"
    }
  }

  public static let kinds = [
    "scan", "acknowledge", "swap", "undo", "print", "print_anyway", "seal", "short_pick",
    "take_over", "leave",
  ]

  /// Command barcodes: a scanner is enough for a whole shift. The inventory's page of
  /// barcodes prints them.
  public static let commands: [(code: String, event: PackingEvent, words: String)] = [
    ("QS-OK", .acknowledge, "I have read it"),
    ("QS-SWAP", .swap, "Swap a part"),
    ("QS-UNDO", .undo, "Take the last step back"),
    ("QS-PRINT", .print(anyway: false), "Print the label"),
    ("QS-LEAVE", .leave, "Put the order down"),
  ]

  /// A scan of a command barcode is that command.
  public var resolved: PackingEvent {
    guard case .scan(let scan) = self else { return self }
    for candidate in scan.candidates {
      let name = candidate.uppercased()
      if let found = Self.commands.first(where: { $0.code == name }) { return found.event }
    }
    return self
  }
}

/// Why an order cannot be packed as it should be.
public struct ShortPick: Sendable, Equatable {
  public static let noteBytesMax = 300

  public enum Reason: String, Sendable, CaseIterable {
    case outOfStock = "out_of_stock"
    case damaged
    case wrongBin = "wrong_bin"
    case wrongBill = "wrong_bill"
    case other

    public var words: String {
      switch self {
      case .outOfStock: "out of stock"
      case .damaged: "damaged"
      case .wrongBin: "not where it should be"
      case .wrongBill: "the list of parts is wrong"
      case .other: "another reason"
      }
    }
  }

  public var reason: Reason
  /// What is missing, where it is one thing.
  public var itemKey: String?
  public var note: String

  public init(reason: Reason, itemKey: String? = nil, note: String = "") {
    self.reason = reason
    self.itemKey = itemKey
    self.note = note
  }
}
