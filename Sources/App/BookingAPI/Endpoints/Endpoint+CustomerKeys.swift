import Booking
import Bookings
import Cryptography
import HTTP
import Kit

extension Endpoint {
  private static let phone = Schema.text(TextRule(.phone, 10...48))

  /// Whose signature is whose: a person of the business vouches for it, never an agent.
  static let customerKeys: [Endpoint] = [
    Endpoint(
      method: "POST", path: "/api/customer-keys", name: "addCustomerKey",
      summary: "Vouch that a key is a customer's", scope: .approve,
      body: .object([
        .init("customer_phone", phone, "Whose it is."),
        .init("public_key", Shapes.publicKey, "A JSON Web Key of P-256."),
      ]), status: 201, answer: [.init("customer_key", Shapes.customerKey)],
      handle: { (call) async throws(BookingError) in
        let given = call.body?["public_key"]
        guard
          let key = P256PublicKey(x: given?["x"]?.string ?? "", y: given?["y"]?.string ?? "")
        else { throw .invalid([.init("$.public_key", .format, "must be a point of P-256")]) }
        let stored = try await call.service.add(
          key, of: call.text("customer_phone") ?? "", by: call.caller)
        return APIAnswer(
          [("customer_key", stored.json)], status: 201, correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "GET", path: "/api/customer-keys", name: "listCustomerKeys",
      summary: "The keys that are vouched for", scope: .approve,
      parameters: [.query("customer_phone", phone, "Of this customer only.")],
      answer: [.init("customer_keys", .array(of: Shapes.customerKey, count: 0...200))],
      handle: { (call) async throws(BookingError) in
        let keys = try await call.service.customerKeys(
          of: call.query("customer_phone"), by: call.caller)
        return APIAnswer(
          [("customer_keys", .array(keys.map(\.json)))], correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "DELETE", path: "/api/customer-keys/{key_id}", name: "revokeCustomerKey",
      summary: "A key that was lost: what it signs from now on counts for nothing",
      scope: .approve, parameters: [.path("key_id", .text(.identifier(64)), "Of the key.")],
      answer: [.init("customer_key", Shapes.customerKey)],
      handle: { (call) async throws(BookingError) in
        let key = try await call.service.revokeCustomerKey(
          call.captures["key_id"] ?? "", by: call.caller)
        return APIAnswer([("customer_key", key.json)], correlationID: call.caller.correlationID)
      }),
  ]
}
