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

  var canCancel: Bool {
    self == .waitingDebit || self == .waitingDebitPayment || self == .shipping
  }

  var isOver: Bool { self == .refused || self == .canceled }
}
