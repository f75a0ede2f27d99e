/// The marketplace's eleven order states, spelled as on its wire.
enum MarketState: String, Sendable, CaseIterable {
  case staging = "STAGING"
  case waitingAcceptance = "WAITING_ACCEPTANCE"
  case waitingDebit = "WAITING_DEBIT"
  case waitingDebitPayment = "WAITING_DEBIT_PAYMENT"
  case shipping = "SHIPPING"
  case shipped = "SHIPPED"
  case toCollect = "TO_COLLECT"
  case received = "RECEIVED"
  case closed = "CLOSED"
  case refused = "REFUSED"
  case canceled = "CANCELED"

  /// Names and addresses of the customer are shown only here.
  var showsAddresses: Bool {
    switch self {
    case .shipping, .shipped, .toCollect, .received, .closed: true
    case .staging, .waitingAcceptance, .waitingDebit, .waitingDebitPayment, .refused, .canceled:
      false
    }
  }

  /// One bit for each state: a set of states that costs nothing to ask.
  var bit: UInt16 {
    switch self {
    case .staging: 1
    case .waitingAcceptance: 2
    case .waitingDebit: 4
    case .waitingDebitPayment: 8
    case .shipping: 16
    case .shipped: 32
    case .toCollect: 64
    case .received: 128
    case .closed: 256
    case .refused: 512
    case .canceled: 1024
    }
  }

  var canCancel: Bool {
    self == .waitingDebit || self == .waitingDebitPayment || self == .shipping
  }

  var isOver: Bool { self == .refused || self == .canceled }
}
