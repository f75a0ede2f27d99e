public import Booking
public import Bookings
public import Kit

extension Assistant {
  /// A conversation of whoever holds an agent's key.
  ///
  /// - Throws: `BookingError` when the key is unknown, or no agent's.
  public static func open(
    model: ChatModel, service: BookingService, secret: String, log: Log
  ) async throws(BookingError) -> Assistant {
    let principal = try await service.principal(secret: secret)
    guard principal.kind == .agent else {
      throw BookingError(.forbidden, "an assistant has an agent's key, not a person's")
    }
    let business = try await service.business(principal.businessID)
    let caller = Caller(principal: principal, correlationID: "chat_" + UUIDv7.make().text)
    return Assistant(model: model, service: service, caller: caller, business: business, log: log)
  }
}
