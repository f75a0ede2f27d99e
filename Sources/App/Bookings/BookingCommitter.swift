import Booking
import Kit
import Ledger
import Postgres

/// Commits requests to book many at a time: whoever comes while a commit is under way shares the next.
/// Each gets its own answer; a batch that the database refuses is halved until the one request that it
/// refuses is alone.
actor BookingCommitter {
  private let ledger: Ledger
  private let settings: BookingSettings
  private let log: Log
  private var waiting: [(ticket: CreateTicket, answer: CheckedContinuation<CreateOutcome, Never>)] =
    []
  private var commitsUnderWay = 0
  /// Since when somebody has been waiting.
  private var waitingSince = ContinuousClock.now

  init(ledger: Ledger, settings: BookingSettings, log: Log) {
    self.ledger = ledger
    self.settings = settings
    self.log = log
  }

  func commit(_ ticket: CreateTicket) async -> CreateOutcome {
    await withCheckedContinuation { continuation in
      guard waiting.count < settings.waitingMax else {
        continuation.resume(
          returning: .refused(
            BookingError(
              .throttled, "too many orders are waiting to be stored", retryAfter: .seconds(1))))
        return
      }
      if waiting.isEmpty { beginWaiting() }
      waiting.append((ticket, continuation))
      guard commitsUnderWay < settings.commitsMax,
        commitsUnderWay == 0 || waiting.count >= settings.worthACommit
      else { return }
      commitsUnderWay += 1
      Task { await self.drain() }
    }
  }

  /// Few that wait for a commit that hangs do not wait long.
  private func beginWaiting() {
    waitingSince = .now
    guard commitsUnderWay > 0 else { return }
    Task {
      try? await Task.sleep(for: settings.companyPatience)
      await self.hurry()
    }
  }

  private func hurry() async {
    guard !waiting.isEmpty, commitsUnderWay < settings.commitsMax,
      .now - waitingSince >= settings.companyPatience
    else { return }
    commitsUnderWay += 1
    await drain(atOnce: true)
  }

  private func drain(atOnce: Bool = false) async {
    var atOnce = atOnce
    // The last one under way takes whatever waits, however little.
    while !waiting.isEmpty,
      atOnce || commitsUnderWay == 1 || waiting.count >= settings.worthACommit
    {
      atOnce = false
      let batch = takeBatch()
      let outcomes = await store(batch.map(\.ticket))
      for ((ticket, continuation), outcome) in zip(batch, outcomes) {
        continuation.resume(returning: settled(outcome, ticket))
      }
    }
    commitsUnderWay -= 1
  }

  private func takeBatch() -> [(
    ticket: CreateTicket, answer: CheckedContinuation<CreateOutcome, Never>
  )] {
    let batch = Array(waiting.prefix(settings.batchMax))
    waiting.removeFirst(batch.count)
    if !waiting.isEmpty { beginWaiting() }
    return batch
  }

  /// A repeated batch finds what its first try stored unheard: that was this very request.
  private func settled(_ outcome: CreateOutcome, _ ticket: CreateTicket) -> CreateOutcome {
    if case .replayed(let status, let body, let orderID?) = outcome, orderID == ticket.orderID {
      return .booked(
        status: status, body: body, orderID: orderID, business: ticket.principal.businessID)
    }
    return outcome
  }

  private func store(_ tickets: [CreateTicket]) async -> [CreateOutcome] {
    do throws(PostgresError) {
      return try await ledger.book(tickets)
    } catch {
      if error.isConnectionTrouble || tickets.count == 1 {
        log.error(
          "bookings not stored", ["count": "\(tickets.count)", "why": error.debugDescription])
        return tickets.map { _ in .refused(BookingError(error)) }
      }
      let half = tickets.count / 2
      let first = await store(Array(tickets[..<half]))
      return first + (await store(Array(tickets[half...])))
    }
  }
}

extension BookingError {
  /// The one edge from the database's trouble to words for people: nothing of the database is in them.
  init(_ error: PostgresError) {
    switch error.classification {
    case .transient, .throttled, .unknownOutcome:
      self.init(
        .unavailable, "bookings cannot be stored just now; the same request may be sent again",
        retryAfter: .seconds(1))
    case .refused, .conflict, .notFound, .denied, .invalid, .needsPerson, .bug:
      self.init(.system, "something went wrong on our side; nothing was stored")
    }
  }
}
