import Booking
import Kit

/// The events around bookings, under the names that their readers look for.
struct BookingLog: Sendable {
  let log: Log

  func orderCreated(_ orderID: String, business: String, source: BookingSource) {
    log.info(
      "order_created",
      ["order_id": orderID, "user_id": business, "source": source.rawValue])
  }

  func orderReplayed(_ orderID: String?, business: String) {
    log.info("order_replayed", ["order_id": orderID ?? "", "user_id": business])
  }

  func orderStatusChanged(_ orderID: String, from: BookingStatus, to: BookingStatus) {
    log.info(
      "order_status_changed",
      ["order_id": orderID, "old_status": from.rawValue, "new_status": to.rawValue])
  }

  /// - Parameter decision: what the agent did: offer, collect, confirm, ask, book.
  func aiDecision(_ decision: String, business: String, draft: UUIDv7?) {
    log.info(
      "ai_decision",
      ["user_id": business, "decision": decision, "draft_id": draft?.text ?? ""])
  }

  func aiGuardrailTriggered(_ error: BookingError, business: String) {
    log.warning(
      "ai_guardrail_triggered",
      [
        "user_id": business, "guardrail": error.code.rawValue.lowercased(), "action": "blocked",
        "why": error.message,
      ])
  }

  func duplicateOrderBlocked(_ error: BookingError, business: String, phone: String) {
    var existing = ""
    for case ("existing_order_id", .string(let id)) in error.details { existing = id }
    log.warning(
      "duplicate_order_blocked",
      [
        "user_id": business, "customer_phone": BookingLog.masked(phone),
        "existing_order_id": existing,
      ])
  }

  /// The last two digits tell one customer from another and nobody who it is.
  static func masked(_ phone: String) -> String {
    String(repeating: "*", count: max(0, phone.count - 2)) + phone.suffix(2)
  }
}
