package import Ledger

extension LedgerLimits {
  /// For tests about something else than time: a busy machine takes its own.
  package static var patient: LedgerLimits {
    var limits = LedgerLimits()
    limits.queryDeadline = .seconds(60)
    limits.bookingPatience = .seconds(60)
    return limits
  }
}
