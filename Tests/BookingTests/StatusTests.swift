import Booking
import Kit
import Testing

@Suite("Statuses, codes and levels")
struct StatusTests {
  static let legal: [BookingStatus: Set<BookingStatus>] = [
    .pending: [.confirmed, .cancelled], .confirmed: [.processing, .cancelled],
    .processing: [.completed, .cancelled], .completed: [], .cancelled: [],
  ]

  @Test("an order moves as its description says, and every other move names the legal ones")
  func moves() throws {
    for from in BookingStatus.allCases {
      for to in BookingStatus.allCases {
        if Self.legal[from]?.contains(to) == true {
          #expect(try from.moved(to: to) == to)
          continue
        }
        let error = #expect(throws: BookingError.self) { try from.moved(to: to) }
        #expect(error?.code == .invalidOrderState)
        #expect(error?.code.status == 422)
        for next in Self.legal[from] ?? [] {
          #expect(error?.message.contains(next.rawValue) == true)
        }
        let details = JSON.object(error?.details ?? []).text
        #expect(details.contains("\"current_status\":\"\(from.rawValue)\""))
      }
    }
  }

  @Test("each family of errors has the status of the description")
  func families() {
    #expect(BookingCode.invalidRequest.status == 400)
    #expect(BookingCode.duplicateOrder.status == 409)
    #expect(BookingCode.invalidOrderState.status == 422)
    #expect(BookingCode.slotUnavailable.status == 409)
    #expect(BookingCode.integration.status == 502)
    #expect(BookingCode.system.status == 500)
    for code in BookingCode.allCases {
      #expect((400...503).contains(code.status))
      #expect(code.isRetryable == (code.actor == .nobody))
      let error = BookingError(code, "words")
      let envelope = error.envelope(correlationID: "req_1").text
      #expect(envelope.contains("\"code\":\"\(code.rawValue)\""))
      #expect(envelope.contains("\"must_act\":\"\(code.actor.rawValue)\""))
      #expect(error.problem(correlationID: "req_1").text.contains("\"status\":\(code.status)"))
    }
  }

  @Test(
    "the least level rises with the amount, is never an agent's word, and without prices highest")
  func levels() throws {
    let rule = try #require(LevelRule(text: "0:1,100:2,1000.50:3"))
    #expect(rule.least(for: 0) == .mediated)
    #expect(rule.least(for: 9_999) == .mediated)
    #expect(rule.least(for: 10_000) == .outOfBand)
    #expect(rule.least(for: 100_050) == .signed)
    #expect(rule.least(for: nil) == .signed)
    #expect(LevelRule([(0, .claimed)]).least(for: 5) == .mediated)
    #expect(LevelRule([]).least(for: 5) == .outOfBand)
    #expect(LevelRule([(500, .outOfBand)]).least(for: 5) == .outOfBand)
    for wrong in ["", "0", "0:0", "0:4", "x:1", "-1:1", "0:1,:2"] {
      #expect(LevelRule(text: wrong) == nil, "\(wrong)")
    }
    #expect(LevelRule(text: rule.text) == rule)
  }

  @Test("what a yes is worth depends on who carried it")
  func channels() {
    #expect(ConfirmationChannel.agent.level(isDirect: true) == .claimed)
    #expect(ConfirmationChannel.code.level(isDirect: false) == .claimed)
    #expect(ConfirmationChannel.page.level(isDirect: false) == .mediated)
    #expect(ConfirmationChannel.elicitation.level(isDirect: true) == .mediated)
    #expect(ConfirmationChannel.page.level(isDirect: true) == .outOfBand)
    #expect(ConfirmationChannel.code.level(isDirect: true) == .outOfBand)
  }

  @Test("free text is never picked, not even where only one item fits")
  func candidates() {
    let items = [
      CatalogueItem(id: "TEA-1", name: "Green tea", unitPrice: 450),
      CatalogueItem(id: "TEA-2", name: "Black tea", unitPrice: 350),
      CatalogueItem(id: "OLD-1", name: "Oolong tea", unitPrice: 350, isActive: false),
      CatalogueItem(id: "POT-1", name: "Pot", unitPrice: 3_500),
    ]
    #expect(
      CatalogueMatch.candidates(for: "green tea", among: items).map(\.id) == ["TEA-1", "TEA-2"])
    #expect(CatalogueMatch.candidates(for: "teas", among: items).map(\.id) == ["TEA-1", "TEA-2"])
    #expect(CatalogueMatch.candidates(for: "oolong", among: items).isEmpty)
    #expect(CatalogueMatch.candidates(for: "18,000 cups of water", among: items).isEmpty)
    #expect(CatalogueMatch.candidates(for: "  ", among: items).isEmpty)
  }
}
