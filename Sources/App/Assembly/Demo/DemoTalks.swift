import Assistant
import Booking
import Bookings
import Kit
import Ledger
import Sandbox
import Web

/// The demo's tea house, and its customers' conversations with the sandbox's clerk: one a browser.
actor DemoTalks {
  static let talksMax = 100
  static let linesMax = 200

  private struct Talk {
    var assistant: Assistant
    var lines: [TalkLine] = []
    var standing = ChatTurn.Standing.nothingBooked
  }

  private let open: @Sendable () async throws(BookingError) -> Assistant
  private var talks: [String: Talk] = [:]

  private init(open: @escaping @Sendable () async throws(BookingError) -> Assistant) {
    self.open = open
  }

  /// Adds a business with a catalogue and a key for its agent.
  static func begin(_ installation: Installation, _ sandbox: Sandbox) async throws -> DemoTalks {
    let business = Business(
      id: "tea-house", name: "Tea House", currency: "CAD", isBookingEnabled: true,
      hasCatalogue: true)
    try await installation.ledger.write(business)
    for (id, name, price) in [
      ("TEA-1", "Green tea", 450), ("TEA-2", "Black tea", 350), ("CAKE-1", "Lemon cake", 525),
    ] {
      try await installation.ledger.write(
        CatalogueItem(id: id, name: name, unitPrice: Int64(price)), of: business.id)
    }
    let bookings = installation.bookings
    let key = try await bookings.makeKey(for: business.id, name: "demo", kind: .agent).secret
    let account = ModelAccount(clerkOf: sandbox)
    let http = installation.client(for: account)
    let log = installation.log
    return DemoTalks { () throws(BookingError) in
      try await Assistant.open(
        model: .live(account, http: http, log: log), service: bookings, secret: key, log: log)
    }
  }

  nonisolated var desk: TalkDesk {
    TalkDesk(
      state: { await self.state($0) }, hear: { await self.hear($0, $1) },
      beginAnew: { await self.forget($0) })
  }

  private func state(_ session: String) -> TalkState {
    guard let talk = talks[session] else { return TalkState(standing: "Nothing is booked") }
    let standing =
      switch talk.standing {
      case .nothingBooked: "Nothing is booked"
      case .asking: "Waiting for your answer"
      case .booked(let ids): "Booked: " + ids.joined(separator: ", ")
      }
    return TalkState(
      lines: talk.lines, isAsking: talk.standing == .asking, standing: standing)
  }

  private func forget(_ session: String) { talks[session] = nil }

  private func hear(_ session: String, _ words: String) async {
    if talks[session] == nil {
      guard talks.count < Self.talksMax, let assistant = try? await open() else { return }
      if talks[session] == nil { talks[session] = Talk(assistant: assistant) }
    }
    guard let assistant = talks[session]?.assistant else { return }
    talks[session]?.lines.append(TalkLine(.customer, words))
    let turn = await assistant.hear(words)
    talks[session]?.standing = turn.standing
    talks[session]?.lines += turn.lines.map { line in
      switch line {
      case .assistant(let text): TalkLine(.assistant, text)
      case .question(let text): TalkLine(.question, text)
      case .server(let text): TalkLine(.server, text)
      }
    }
    let surplus = (talks[session]?.lines.count ?? 0) - Self.linesMax
    if surplus > 0 { talks[session]?.lines.removeFirst(surplus) }
  }
}
