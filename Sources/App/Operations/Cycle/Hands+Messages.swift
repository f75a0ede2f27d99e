import Conversations
import Effects
import Kit
import Ledger
import Mirakl

/// Answers to customers. The marketplace has no key for a message: sent twice, it is there twice. So
/// the thread is the only proof, and a lost answer is looked up there and never repeated.
extension Hands {
  /// How far the marketplace's clock may be behind ours.
  private static let clockTolerance = Duration.minutes(10)

  func sendMessage(_ effect: ClaimedEffect) async -> Report {
    let policy = cycle.message
    let message: OutgoingMessage
    do {
      guard let found = try await ledger.outgoing(effect: effect.effectID) else {
        return Report(effect, .pointless("the message is gone"))
      }
      message = found
    } catch {
      return Report(effect, .released(after: .seconds(5), why: "the message could not be read"))
    }
    if message.marketplaceID != nil {
      return Report(effect, .done("the thread shows it already"))
    }
    guard effect.state == .sending else { return await prove(effect, message, policy) }
    if message.isDiscarded { return Report(effect, .pointless("a person discarded it")) }
    if message.opensThread, !message.isFirst {
      return Report(
        effect, .released(after: policy.checkEvery, why: "the message before it begins the thread"))
    }
    var calls: [CallRecord] = []
    // A call of it went out before, and a person said retry: only what is not there is sent.
    if effect.sends > 0 {
      let reading = await look(for: message, since: effect.createdAt)
      calls.append(reading.call)
      switch reading.result {
      case .failure(let error):
        switch error.classification {
        case .notFound, .refused, .invalid:
          return Report(effect, .ask(error.description), calls: calls)
        default:
          return Report(effect, stepAfterRead(error, effect, policy), calls: calls)
        }
      case .success(let found?): return Self.proved(effect, message, found, calls)
      case .success(nil): break
      }
    }
    return await send(effect, message, calls, policy)
  }

  private func send(
    _ effect: ClaimedEffect, _ message: OutgoingMessage, _ earlier: [CallRecord],
    _ policy: EffectPolicy
  ) async -> Report {
    var files: [MiraklReply.File] = []
    for file in message.files {
      guard let bytes = await attachments.read(file.sha256) else {
        let why = "the file “\(file.name)” is not in this machine's state folder"
        return Report(
          effect, effect.tries > 5 ? .ask(why) : .released(after: .seconds(30), why: why),
          calls: earlier)
      }
      files.append(.init(name: file.name, contentType: file.contentType, bytes: bytes))
    }
    if let refusal = mayNotSend(effect, callOf: cycle.callDeadline) { return refusal }
    let reply = MiraklReply(
      body: MessageText.wire(message.body),
      to: message.recipients.map { MiraklParticipant(type: $0.type, id: $0.id) }, files: files)
    let answer = await send(effect, callOf: cycle.callDeadline) {
      await write(message, reply)
    }
    let calls = earlier + [answer.call]
    switch answer.result {
    case .success(let made):
      var findings: [Finding] = []
      if let threadID = made.threadID {
        findings.append(.messageSeen(.opened(message.messageID, threadID: threadID)))
      }
      findings.append(.messageSeen(.answered(message.messageID, id: made.messageID)))
      return Report(
        effect, .verify(after: policy.firstCheck), calls: calls, wasSent: true,
        findings: findings)
    case .failure(let error):
      if let (step, wasSent) = step(after: error, effect, policy) {
        return Report(effect, step, calls: calls, wasSent: wasSent)
      }
      return Report(effect, .refused(error.description), calls: calls, wasSent: true)
    }
  }

  /// The one call: in the thread, or to begin one about the order.
  private func write(
    _ message: OutgoingMessage, _ reply: MiraklReply
  ) async -> Answer<MiraklOpening.Made> {
    guard message.opensThread, let orderID = message.orderID else {
      let answer = await shop.mirakl.reply(message.threadID, reply)
      return Answer(
        call: answer.call,
        result: answer.result.map { MiraklOpening.Made(threadID: nil, messageID: $0) })
    }
    return await shop.mirakl.openThread(
      orderID, MiraklOpening(topic: message.topic, message: reply))
  }

  /// Where our message was found.
  private struct Found {
    var threadID: String?
    var seen: MiraklMessage
  }

  /// Reads the thread; of one that has no name yet, the threads about its order.
  private func look(
    for message: OutgoingMessage, since: Timestamp
  ) async -> Answer<Found?> {
    guard message.opensThread, let orderID = message.orderID else {
      let answer = await shop.mirakl.thread(message.threadID)
      return Answer(
        call: answer.call,
        result: answer.result.map { thread in
          Self.find(message, in: thread, since: since).map { Found(threadID: nil, seen: $0) }
        })
    }
    var query = MiraklThreadQuery()
    query.orderID = orderID
    let answer = await shop.mirakl.threads(query)
    return Answer(
      call: answer.call,
      result: answer.result.map { page in
        page.threads.lazy.compactMap { thread in
          Self.find(message, in: thread, since: since).map { Found(threadID: thread.id, seen: $0) }
        }.first
      })
  }

  /// Reads the thread: the only look-up that there is.
  private func prove(
    _ effect: ClaimedEffect, _ message: OutgoingMessage, _ policy: EffectPolicy
  ) async -> Report {
    let reading = await look(for: message, since: effect.createdAt)
    let calls = [reading.call]
    switch reading.result {
    case .failure(let error):
      if case .notFound(let why) = error.classification {
        return Report(effect, .ask("the thread cannot be read any more: \(why)"), calls: calls)
      }
      return Report(effect, stepAfterRead(error, effect, policy), calls: calls)
    case .success(let found?): return Self.proved(effect, message, found, calls)
    case .success(nil): break
    }
    guard effect.state == .unknown else {
      return Report(
        effect, policy.notYet(checks: effect.checks, seen: "no such message"), calls: calls)
    }
    if let wait = policy.lookup(afterChecks: effect.checks + 1) {
      return Report(
        effect, .lookAgain(after: wait, why: "lost answer; the thread does not show it yet"),
        calls: calls)
    }
    let why =
      "the answer was lost, and after \(effect.checks + 1) reads the thread does not show the message"
    return Report(effect, .ask(why), calls: calls)
  }

  private static func proved(
    _ effect: ClaimedEffect, _ message: OutgoingMessage, _ found: Found, _ calls: [CallRecord]
  ) -> Report {
    let seen = found.seen
    var findings: [Finding] = []
    if let threadID = found.threadID {
      findings.append(.messageSeen(.opened(message.messageID, threadID: threadID)))
    }
    findings.append(.messageSeen(.seen(message.messageID, id: seen.id, at: seen.created)))
    return Report(effect, .done("the thread shows it"), calls: calls, findings: findings)
  }

  /// Our message in the thread: by the id that the answer told; else the one with the same words,
  /// from one of ours, not older than the intent, that is no other message of ours.
  static func find(
    _ message: OutgoingMessage, in thread: MiraklThread, since: Timestamp
  ) -> MiraklMessage? {
    if let id = message.answeredID { return thread.messages.first { $0.id == id } }
    let words = MessageText.comparable(message.body)
    return thread.messages.first { candidate in
      candidate.fromType == MiraklMessage.shopUser && !message.knownIDs.contains(candidate.id)
        && candidate.created > since - clockTolerance
        && MessageText.comparable(candidate.body) == words
    }
  }
}
