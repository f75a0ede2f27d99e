import Conversations
public import Kit
public import Ledger
import Mirakl
public import Operations
import Postgres

/// Pulls one shop's messages, for ever, beside the orders: its own cursor, its own pace. One shop's
/// bad key stops nobody else.
public struct MessagePuller: Sendable {
  /// Threads that cannot be read, of one pull: then it is not the threads.
  private static let wholeFailuresMax = 3

  let ledger: Ledger
  let shop: ShopClients
  let settings: InboxSettings
  let files: AttachmentStore
  let log: Log

  public init(
    ledger: Ledger, shop: ShopClients, settings: InboxSettings, files: AttachmentStore, log: Log
  ) {
    self.ledger = ledger
    self.shop = shop
    self.settings = settings
    self.files = files
    self.log = log.with(["shop": shop.settings.id])
  }

  /// One walk over the threads that changed, then the files of their messages.
  public func pass() async -> MessagePullReport {
    let correlationID = "messages/\(shop.settings.id)/\(UUIDv7.make().text)"
    let report = await Log.$correlationID.withValue(correlationID) { await self.walk() }
    if let problem = report.problem {
      log.warning("pull of messages ended early", ["why": problem])
    } else if report.newMessages > 0 {
      log.info(
        "pulled messages",
        ["new": "\(report.newMessages)", "from customers": "\(report.newFromCustomers)"])
    }
    return report
  }

  private func walk() async -> MessagePullReport {
    var report = MessagePullReport()
    do {
      let cursor = try await ledger.messagesCursor(shop: shop.settings.id)
      var query = MiraklThreadQuery()
      query.limit = settings.pageSize
      query.updatedSince =
        cursor.position.map { $0 - settings.pullOverlap } ?? cursor.now - settings.firstLookBack
      var latest: Timestamp?
      var incomplete: [String: Int] = [:]
      var isEnded = false
      for _ in 0..<settings.pagesMax {
        let answer = await shop.mirakl.threads(query)
        guard case .success(let page) = answer.result else {
          if case .failure(let error) = answer.result { report.problem = error.description }
          _ = try await store([], calls: [answer.call], &report)
          try await ledger.finishMessages(
            shop: shop.settings.id, at: nil, problem: report.problem)
          return report
        }
        let stored = try await store(page.threads, calls: [answer.call], &report)
        incomplete.merge(stored.incomplete) { max($0, $1) }
        for thread in page.threads {
          if let updated = thread.updated { latest = max(latest ?? updated, updated) }
        }
        guard let token = page.nextPageToken, !page.threads.isEmpty else {
          isEnded = true
          break
        }
        query.pageToken = token
      }
      let reading = try await readWhole(incomplete, &report)
      if !isEnded {
        report.problem = "the list of threads does not end within \(settings.pagesMax) pages"
      }
      // A thread that could not be read whole is asked for again: the cursor stays before it.
      try await ledger.finishMessages(
        shop: shop.settings.id, at: isEnded && reading == .whole ? latest : nil,
        problem: report.problem)
      // What keeps one thread from being read keeps nobody's files.
      if reading != .toldToWait { await fetchFiles(&report) }
    } catch {
      report.problem = report.problem ?? "\(error)"
    }
    return report
  }

  private func store(
    _ threads: [MiraklThread], calls: [CallRecord], _ report: inout MessagePullReport
  ) async throws(PostgresError) -> StoredThreads {
    // A thread twice in a page (it moved while we paged) is one thread; the fuller copy counts.
    var byID: [String: IncomingThread] = [:]
    for thread in threads {
      guard let incoming = IncomingThread(thread) else {
        report.unreadable += 1
        continue
      }
      if let other = byID[incoming.id], other.messages.count > incoming.messages.count { continue }
      byID[incoming.id] = incoming
    }
    let stored = try await ledger.store(
      Array(byID.values), shop: shop.settings.id, answerWithin: settings.answerWithin,
      calls: calls)
    report.threads += byID.count
    report.newMessages += stored.newMessages
    report.newFromCustomers += stored.newFromCustomers
    return stored
  }

  /// A list shows at most the last 100 messages of a thread. One thread that cannot be read keeps none
  /// of the others from being read.
  ///
  /// - Parameter totals: the threads, with how many messages the list says that they have.
  private func readWhole(
    _ totals: [String: Int], _ report: inout MessagePullReport
  ) async throws(PostgresError) -> WholeReading {
    var reading = totals.count <= settings.wholeThreadsMax ? WholeReading.whole : .incomplete
    var failures = 0
    // In any order: those that cannot be read do not come first each time.
    for (id, total) in totals.shuffled().prefix(settings.wholeThreadsMax) {
      let answer = await shop.mirakl.thread(id)
      switch answer.result {
      case .success(let thread):
        _ = try await store([thread], calls: [answer.call], &report)
        try await ledger.noteReadWhole(id, count: thread.totalCount ?? thread.messages.count)
      case .failure(let error):
        _ = try await store([], calls: [answer.call], &report)
        switch error.classification {
        case .notFound:
          // It went between the list and this; what the list showed of it is kept.
          log.warning("a thread is gone", ["thread": id, "why": error.description])
          try await ledger.noteReadWhole(id, count: total)
        case .transient, .refused, .invalid, .bug, .conflict, .unknownOutcome, .needsPerson:
          report.problem = "thread \(id): \(error.description)"
          failures += 1
          reading = .incomplete
          if failures == Self.wholeFailuresMax { return .incomplete }
        case .throttled, .denied:
          // The others would meet the same.
          report.problem = error.description
          return .toldToWait
        }
      }
    }
    return reading
  }

  private enum WholeReading {
    /// All of them were read, or are gone.
    case whole
    case incomplete
    /// By the marketplace, or the key is refused.
    case toldToWait
  }

  private func fetchFiles(_ report: inout MessagePullReport) async {
    guard
      let due = try? await ledger.takeListedFiles(shop: shop.settings.id, limit: settings.filesMax)
    else { return }
    for file in due {
      let answer = await shop.mirakl.attachment(file.attachmentID, AttachmentRules.bytesMax)
      _ = try? await ledger.store(
        [], shop: shop.settings.id, answerWithin: settings.answerWithin, calls: [answer.call])
      switch answer.result {
      case .success(let bytes):
        switch await files.put(bytes) {
        case .success(let sha256):
          try? await ledger.noteStored(file: file.id, sha256: sha256, bytes: bytes.count)
          report.files += 1
        case .failure(let error):
          try? await ledger.noteProblem(file: file.id, error.description, isFinal: false)
        }
      case .failure(let error):
        let isFinal: Bool
        switch error.classification {
        case .notFound, .refused, .invalid, .bug, .conflict: isFinal = true
        case .transient, .throttled, .denied, .unknownOutcome, .needsPerson:
          isFinal = file.tries >= settings.fileTriesMax
        }
        try? await ledger.noteProblem(file: file.id, error.description, isFinal: isFinal)
      }
    }
  }
}
