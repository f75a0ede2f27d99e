import Booking
import Bookings
import Kit
import Ledger
import Synchronization
import Testing

@Suite("Orders beyond the limits")
struct ApprovalTests {
  private func waiting(_ stand: Stand, _ query: String = "?needs=approval") async throws -> [String]
  {
    let answer = try await stand.step("GET", "/api/drafts" + query, nil, stand.staff)
    return answer.json?["drafts"]?.elements.compactMap { $0["draft_id"]?.string } ?? []
  }

  @Test("people of the business find what waits for them, and let it through")
  func found() async throws {
    try await Stand.play({ $0.limits.lineQuantityMax = 5 }) { stand in
      let plain = try await stand.readyDraft(name: "Plain")
      let first = try await stand.readyDraft(quantity: 6, name: "First")
      let second = try await stand.readyDraft(quantity: 7, name: "Second")
      let gone = try await stand.readyDraft(quantity: 8, name: "Gone")
      try await stand.step("DELETE", "/api/drafts/\(gone)", nil, stand.agent)
      #expect(try await waiting(stand) == [first, second])
      #expect(try await waiting(stand, "?needs=approval&limit=1") == [first])
      #expect(try await waiting(stand, "") == [plain, first, second])
      let listed = try await stand.step("GET", "/api/drafts?needs=approval", nil, stand.staff)
      let draft = listed.json?["drafts"]?.elements.first
      #expect(
        draft?["needs_approval"]?.elements.first?.string
          == "6 of Green tea is more than 5 of one item")
      try await stand.step(
        "POST", "/api/drafts/\(first)/approval",
        ["summary_sha256": .string(draft?["summary_sha256"]?.string ?? "")], stand.staff)
      #expect(try await waiting(stand) == [second])
      try await stand.tap(try await stand.ask(first))
      #expect(try await stand.book(first).status == 201)
      #expect(try await waiting(stand, "") == [plain, second])
      // No agent sees other drafts, and no other business these.
      for key in [stand.agent, stand.stranger] {
        let refused = try await stand.call("GET", "/api/drafts?needs=approval", as: key)
        #expect(refused.code == "FORBIDDEN", "\(refused.text)")
      }
      let wrong = try await stand.call("GET", "/api/drafts?needs=money", as: stand.staff)
      #expect(wrong.code == "INVALID_REQUEST", "\(wrong.text)")
      stand.ahead.move(.hours(25))
      #expect(try await waiting(stand) == [])
    }
  }

  @Test("the business is told once of each summary that it has to approve")
  func told() async throws {
    try await Stand.play({ $0.limits.lineQuantityMax = 5 }) { stand in
      let told = Told()
      var settings = BookingSettings(publicURL: "https://orders.example.com")
      settings.approvalNeeded = { told.add($0.file.draft.id.text) }
      let service = BookingService(ledger: stand.ledger, settings: settings, log: .silent)
      let caller = Caller.test(try await stand.service.principal(secret: stand.agent))
      // Shown by another process: this one hears of it when it is to book it.
      let draft = try await stand.readyDraft(quantity: 6)
      let id = try #require(UUIDv7(text: draft))
      _ = try await service.showSummary(of: id, by: caller)
      #expect(told.all == [])
      _ = try await service.setDetails(DraftDetails(notes: "ring"), of: id, by: caller)
      for _ in 0..<2 { _ = try await service.showSummary(of: id, by: caller) }
      #expect(told.all == [draft])
      for _ in 0..<2 { _ = await service.book(id, key: "k", by: caller) }
      #expect(told.all == [draft])

      let small = try await stand.readyDraft(quantity: 5, name: "Small")
      let smallID = try #require(UUIDv7(text: small))
      try await stand.tap(try await stand.ask(small))
      var business = try await stand.service.business("tea-house")
      business.limits.lineQuantityMax = 4
      try await stand.ledger.write(business)
      for _ in 0..<2 {
        guard case .refused(let error) = await service.book(smallID, key: "s", by: caller) else {
          Issue.record("it was booked")
          return
        }
        #expect(error.code == .approvalRequired)
      }
      #expect(told.all == [draft, small])
    }
  }

  private final class Told: Sendable {
    private let ids = Mutex<[String]>([])
    func add(_ id: String) { ids.withLock { $0.append(id) } }
    var all: [String] { ids.withLock { $0 } }
  }
}
