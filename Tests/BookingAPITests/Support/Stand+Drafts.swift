import Booking
import Bookings
import HTTP
import Kit
import Ledger
import Testing

extension Stand {
  /// A draft of an agent's with everything but the customer's yes.
  func readyDraft(
    quantity: Int64 = 2, as key: String? = nil, name: String = "Robin Example"
  ) async throws -> String {
    let key = key ?? agent
    let opened = try await call("POST", "/api/drafts", [:], as: key)
    try #require(opened.status == 201, "\(opened.text)")
    let id = try #require(opened.draft?["draft_id"]?.string)
    try await step("GET", "/api/drafts/\(id)/catalogue", nil, key)
    let listed = try await step(
      "PUT", "/api/drafts/\(id)/items", ["items": [["id": "TEA-1", "quantity": .int(quantity)]]],
      key)
    let digest = try #require(listed.draft?["items_sha256"]?.string)
    try await step(
      "POST", "/api/drafts/\(id)/items/confirmation", ["items_sha256": .string(digest)], key)
    try await step(
      "PUT", "/api/drafts/\(id)/details",
      ["customer_name": .string(name), "customer_phone": "9025550199"], key)
    try await step("POST", "/api/drafts/\(id)/summary", [:], key)
    return id
  }

  @discardableResult
  func step(
    _ method: String, _ path: String, _ body: JSON?, _ key: String
  ) async throws -> Answer {
    let answer = try await call(method, path, body, as: key)
    try #require((200...201).contains(answer.status), "\(method) \(path): \(answer.text)")
    return answer
  }

  /// Takes the item of the drafts off the catalogue, or puts it back.
  func sell(_ isActive: Bool) async throws {
    try await step(
      "PUT", "/api/catalogue/TEA-1",
      ["name": "Green tea", "unit_price": "4.50", "is_active": .bool(isActive)], staff)
  }

  /// From now on the business asks for a yes of another level.
  func take(_ levels: LevelRule) async throws {
    var business = try await service.business("tea-house")
    business.levels = levels
    try await ledger.write(business)
  }

  /// Asks the customer by our page; gives the path of the page's link.
  func ask(_ draft: String, as key: String? = nil) async throws -> String {
    let asked = try await step(
      "POST", "/api/drafts/\(draft)/confirmations", ["channel": "page"], key ?? agent)
    let link =
      asked.json?["confirmation"]?["confirm_url"]?.string ?? deliveries.last?.link ?? ""
    return String(link.dropFirst("https://orders.example.com".count))
  }

  /// The customer's tap.
  @discardableResult
  func tap(_ path: String, _ decision: String = "yes") async throws -> Answer {
    try await send(
      "POST", path, Array("decision=\(decision)".utf8), as: nil,
      ["Content-Type": "application/x-www-form-urlencoded"])
  }

  func book(
    _ draft: String, key: String? = nil, as holder: String? = nil
  ) async throws -> Answer {
    try await call(
      "POST", "/api/drafts/\(draft)/order", [:], as: holder ?? agent,
      ["Idempotency-Key": key ?? "k-\(UUIDv7.make().text)"])
  }
}

extension Caller {
  static func test(_ principal: Principal) -> Caller {
    Caller(principal: principal, correlationID: "req_test")
  }
}

extension Stand {
  /// The same, for a business that takes orders for a time slot only.
  func readyDraftWithSlot(_ slot: String, name: String) async throws -> String {
    let opened = try await step("POST", "/api/drafts", [:], agent)
    let id = try #require(opened.draft?["draft_id"]?.string)
    try await step("GET", "/api/drafts/\(id)/catalogue?like=green", nil, agent)
    let listed = try await step(
      "PUT", "/api/drafts/\(id)/items", ["items": [["id": "TEA-1", "quantity": 1]]], agent)
    let digest = try #require(listed.draft?["items_sha256"]?.string)
    try await step(
      "POST", "/api/drafts/\(id)/items/confirmation", ["items_sha256": .string(digest)], agent)
    try await step(
      "PUT", "/api/drafts/\(id)/details",
      ["customer_name": .string(name), "customer_phone": "9025550199", "slot_id": .string(slot)],
      agent)
    try await step("POST", "/api/drafts/\(id)/summary", [:], agent)
    return id
  }
}
