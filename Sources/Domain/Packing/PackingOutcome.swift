/// What came of one event, for the packer's eyes and ears.
public struct PackingOutcome: Sendable, Equatable {
  public enum Tone: String, Sendable {
    /// It counted.
    case good
    /// The parcel is complete, printed or closed.
    case great
    /// Nothing happened, and a person should read why.
    case attention
    /// Full-screen red until it was read.
    case bad
    /// Nothing to notice.
    case quiet
  }

  public enum Code: String, Sendable, CaseIterable {
    case opened, counted, complete, repeated
    case serialAsked = "serial_asked"
    case wrongPart = "wrong_part"
    case tooMany = "too_many"
    case unknownCode = "unknown_code"
    case otherOrder = "other_order"
    case partsFirst = "parts_first"
    case serialUnfit = "serial_unfit"
    case serialUsed = "serial_used"
    case confirmSerial = "confirm_serial"
    case samePart = "same_part"
    case nothingToSwap = "nothing_to_swap"
    case swapBegun = "swap_begun"
    case partRemoved = "part_removed"
    case swapped
    case undone
    case nothingToUndo = "nothing_to_undo"
    case swapStays = "swap_stays"
    case acknowledged
    case alarmStands = "alarm_stands"
    case notVerified = "not_verified"
    case confirmUnverified = "confirm_unverified"
    case printed
    case printedUnverified = "printed_unverified"
    case notPrinted = "not_printed"
    case scanToSeal = "scan_to_seal"
    case packed
    case orderOff = "order_off"
    case orderHeld = "order_held"
    case noLabel = "no_label"
    case labelVoid = "label_void"
    case shortPicked = "short_picked"
    case takenOver = "taken_over"
    case left
    case othersOrder = "others_order"
    case alreadyOver = "already_over"
    case noSuchOrder = "no_such_order"
    case severalOrders = "several_orders"
    case notToPack = "not_to_pack"
    case tooLarge = "too_large"
    case unreadable

    public var tone: Tone {
      switch self {
      case .opened, .counted, .serialAsked, .swapBegun, .partRemoved, .swapped, .takenOver: .good
      case .complete, .printed, .packed: .great
      case .partsFirst, .confirmSerial, .nothingToUndo, .nothingToSwap, .swapStays, .notVerified,
        .confirmUnverified, .printedUnverified, .notPrinted, .scanToSeal, .orderHeld, .noLabel,
        .labelVoid, .shortPicked, .othersOrder, .alreadyOver, .severalOrders, .notToPack, .tooLarge:
        .attention
      case .wrongPart, .tooMany, .unknownCode, .otherOrder, .serialUnfit, .serialUsed, .samePart,
        .alarmStands, .orderOff, .noSuchOrder, .unreadable:
        .bad
      case .repeated, .undone, .acknowledged, .left: .quiet
      }
    }

    /// In letters that can be read from across the room.
    public var word: String {
      switch self {
      case .opened: "GO"
      case .counted: "OK"
      case .complete: "COMPLETE"
      case .repeated: "SAME SCAN"
      case .serialAsked: "SERIAL"
      case .wrongPart: "WRONG PART"
      case .tooMany: "ONE TOO MANY"
      case .unknownCode: "UNKNOWN CODE"
      case .otherOrder: "ANOTHER ORDER"
      case .partsFirst: "PARTS FIRST"
      case .serialUnfit: "NOT A SERIAL"
      case .serialUsed: "SERIAL USED"
      case .confirmSerial: "WENT OUT BEFORE"
      case .samePart: "SAME PART"
      case .nothingToSwap: "NOTHING TO SWAP"
      case .swapBegun: "SWAP"
      case .partRemoved: "TAKEN OUT"
      case .swapped: "SWAPPED"
      case .undone: "TAKEN BACK"
      case .nothingToUndo: "NOTHING TO TAKE BACK"
      case .swapStays: "A SWAP STAYS"
      case .acknowledged: "GO ON"
      case .alarmStands: "READ IT FIRST"
      case .notVerified: "NOT COMPLETE"
      case .confirmUnverified: "NOT COMPLETE"
      case .printed: "LABEL"
      case .printedUnverified: "LABEL, UNCHECKED"
      case .notPrinted: "LABEL FIRST"
      case .scanToSeal: "SCAN THE LABEL"
      case .packed: "PACKED"
      case .orderOff: "STOP"
      case .orderHeld: "ON HOLD"
      case .noLabel: "NO LABEL"
      case .labelVoid: "LABEL VOID"
      case .shortPicked: "PUT ASIDE"
      case .takenOver: "YOURS NOW"
      case .left: "PUT DOWN"
      case .othersOrder: "TAKEN"
      case .alreadyOver: "OVER"
      case .noSuchOrder: "UNKNOWN CODE"
      case .severalOrders: "WHICH ONE?"
      case .notToPack: "NOT TO PACK"
      case .tooLarge: "TOO MUCH"
      case .unreadable: "UNREADABLE"
      }
    }

    /// The label may be shown or sent to the printer.
    public var prints: Bool { self == .printed || self == .printedUnverified }
  }

  public var code: Code
  /// One sentence that says what it was and what to do.
  public var message: String
  public var itemKey: String?

  public init(_ code: Code, _ message: String, item: String? = nil) {
    self.code = code
    self.message = message
    itemKey = item
  }

  public var tone: Tone { code.tone }
  public var word: String { code.word }
}
