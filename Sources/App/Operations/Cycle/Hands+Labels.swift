import CanadaPost
import Cryptography
import Effects
import Kit
import Ledger
import Orders
import Postgres

extension Hands {
  // MARK: The PDF

  func fetchLabel(
    _ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory
  ) async -> Report {
    let policy = cycle.label
    guard let purchase = purchase(memory) else {
      return Report(effect, .released(after: .seconds(5), why: "the parcel could not be read"))
    }
    var calls: [CallRecord] = []
    var findings: [Finding] = []
    var pin = purchase.pin
    var link = purchase.labelURL.map {
      LabelLink(href: $0, mediaType: purchase.labelType ?? "application/pdf")
    }
    if pin == nil || link == nil, let href = purchase.selfURL {
      let answer = await shop.carrier.shipment(href)
      calls.append(answer.call)
      if case .success(let info) = answer.result {
        let full = Finding.Purchase(info)
        pin = pin ?? full.pin
        link =
          link
          ?? full.labelURL.map {
            LabelLink(href: $0, mediaType: full.labelType ?? "application/pdf")
          }
        findings.append(.bought(full))
      }
    }
    guard let link else {
      return Report(effect, late(effect, "the carrier gave no label link yet"), calls: calls)
    }
    if let wait = await pace.turn(by: effect.leaseEnds - cycle.callDeadline) {
      return Report(
        effect, .released(after: wait, why: Self.noTurnWords), calls: calls, findings: findings)
    }
    let answer = await shop.carrier.artifact(link)
    calls.append(answer.call)
    switch answer.result {
    case .success(.notReady(let after)):
      let wait = after ?? policy.retryDelay(tries: effect.tries, random: random())
      return Report(
        effect, late(effect, "the label is not ready (202)", wait: wait), calls: calls,
        findings: findings)
    case .success(.ready(let bytes)):
      return await store(bytes, pin: pin, effect, calls, findings)
    case .failure(let error):
      switch error.classification {
      case .refused, .invalid, .conflict, .notFound, .needsPerson, .bug:
        return Report(effect, .ask(error.description), calls: calls, findings: findings)
      default:
        return Report(
          effect, stepAfterRead(error, effect, policy), calls: calls, findings: findings)
      }
    }
  }

  private func store(
    _ bytes: [UInt8], pin: String?, _ effect: ClaimedEffect, _ calls: [CallRecord],
    _ findings: [Finding]
  ) async -> Report {
    switch LabelDocument.inspect(bytes, pin: pin) {
    case .problems(let problems):
      let why = "the label is no good: " + problems.joined(separator: "; ")
      // A cut-off download is read again; a whole one that is wrong is for a person.
      return Report(
        effect, effect.tries < 5 ? late(effect, why) : .ask(why), calls: calls, findings: findings)
    case .fine:
      let sha = SHA256.hex(SHA256.hash(bytes))
      CrashPoint.pass("before-store:\(effect.kind)")
      let stored = await labels.put(bytes, sha256: sha)
      CrashPoint.pass("after-store:\(effect.kind)")
      switch stored {
      case .success(let path):
        return Report(
          effect, .done("label stored"), calls: calls,
          findings: findings + [.labelStored(path: path, sha256: sha, bytes: bytes.count)])
      case .failure(let error):
        return Report(
          effect, .again(after: cycle.label.backoff.cap, why: error.description), calls: calls,
          findings: findings)
      }
    }
  }

  /// Reading the label again costs nothing, so it never ends; past its deadline it slows down.
  private func late(_ effect: ClaimedEffect, _ why: String, wait: Duration? = nil) -> Step {
    let delay = wait ?? cycle.label.retryDelay(tries: effect.tries, random: random())
    return .again(after: delay, why: why)
  }

  /// The label in question: bought by this worker a moment ago, else as `madeAnew` just read it.
  private func purchase(_ memory: Memory) -> Finding.Purchase? {
    if let purchase = memory.purchase { return purchase }
    guard let parcel = memory.facts?.parcel else { return nil }
    return Finding.Purchase(
      carrierID: parcel.carrierID ?? "", pin: parcel.trackingPIN, labelURL: parcel.labelURL,
      labelType: parcel.labelType, selfURL: parcel.selfURL, refundURL: parcel.refundURL)
  }

  // MARK: Void and refund

  func voidLabel(_ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory) async -> Report
  {
    guard let purchase = purchase(memory) else {
      return Report(effect, .released(after: .seconds(5), why: "the parcel could not be read"))
    }
    guard let href = purchase.selfURL, shop.settings.carrier.canVoid else {
      return Report(
        effect, .done("bought for good: a refund is asked for"), findings: [.refundNeeded])
    }
    if effect.state != .sending {
      let answer = await shop.carrier.shipment(href)
      switch answer.result {
      case .failure(let error):
        // One that was transmitted may not be shown any more either: asking again tells which it is.
        if case .notFound = error.classification {
          return Report(effect, voidAgain(effect, "no longer there"), calls: [answer.call])
        }
        return Report(effect, stepAfterRead(error, effect, cycle.undoing), calls: [answer.call])
      case .success:
        // It is still there: voiding again is the same wish.
        return Report(effect, voidAgain(effect, "still there"), calls: [answer.call])
      }
    }
    if let refusal = mayNotSend(effect, callOf: cycle.callDeadline) { return refusal }
    let answer = await send(effect, callOf: cycle.callDeadline) {
      await shop.carrier.void(href)
    }
    switch answer.result {
    case .success(.voided), .success(.alreadyGone):
      return Report(
        effect, .done("voided"), calls: [answer.call], wasSent: true, findings: [.voided])
    case .success(.transmitted):
      return Report(
        effect, .done("transmitted already: a refund is asked for"), calls: [answer.call],
        wasSent: true, findings: [.refundNeeded])
    case .failure(let error):
      let (step, wasSent) =
        step(after: error, effect, cycle.undoing) ?? (.ask(error.description), true)
      return Report(effect, step, calls: [answer.call], wasSent: wasSent)
    }
  }

  /// Voids whose answers were lost, after which a person is asked.
  private static let voidsMax = 6

  private func voidAgain(_ effect: ClaimedEffect, _ why: String) -> Step {
    guard effect.sends < Self.voidsMax else {
      return .ask("\(effect.sends) voids were not answered, and the label is \(why)")
    }
    return .again(
      after: cycle.undoing.retryDelay(tries: effect.sends, random: random()), why: why)
  }

  func refundLabel(
    _ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory
  ) async -> Report {
    guard memory.purchase != nil || memory.facts != nil else {
      return Report(effect, .released(after: .seconds(5), why: "the parcel could not be read"))
    }
    guard let purchase = purchase(memory),
      let href = purchase.refundURL ?? purchase.selfURL.map({ $0 + "/refund" })
    else { return Report(effect, .ask("the parcel has no refund link; ask the carrier by phone")) }
    guard effect.state == .sending else {
      // Asking twice is answered with 409: there is one refund, whoever asks how often.
      return Report(effect, .again(after: .zero, why: "asking again cannot refund twice"))
    }
    if let refusal = mayNotSend(effect, callOf: cycle.callDeadline) { return refusal }
    let answer = await send(effect, callOf: cycle.callDeadline) {
      await shop.carrier.refund(href, shop.settings.parcels.sender.email ?? "")
    }
    switch answer.result {
    case .success(let ticket):
      return Report(
        effect, .done("refund asked for"), calls: [answer.call], wasSent: true,
        findings: [.refundAsked(ticket: ticket.ticketID)])
    case .failure(let error):
      if case .conflict = error.classification {
        return Report(
          effect, .done("a refund is under way already"), calls: [answer.call], wasSent: true,
          findings: [.refundAsked(ticket: nil)])
      }
      let (step, wasSent) =
        step(after: error, effect, cycle.undoing) ?? (.ask(error.description), true)
      return Report(effect, step, calls: [answer.call], wasSent: wasSent)
    }
  }
}
