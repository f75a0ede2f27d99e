import Booking
import BookingAPI
import Bookings
import Kit
import Ledger
import People

extension Command {
  static let drafts = Command(
    name: "drafts",
    summary: "Agents' orders that were shown to their customers and are not booked.",
    usage: "drafts BUSINESS [--needs-approval]",
    details: """
      The first to expire first. What is over the business's limits waits until a person lets it
      through: `quayside approve DRAFT_ID`.
      """,
    options: [
      .init(name: "needs-approval", meaning: "only those that the business has to let through"),
      .init(name: "limit", value: "N", meaning: "how many (50)"), json,
    ], words: 1...1
  ) { arguments, context in
    let limit = try arguments.int("limit", or: 50, in: 1...1_000)
    let drafts = try await reading(context) { installation in
      let business = try await installation.bookings.business(arguments.words[0])
      return try await installation.bookings.drafts(
        waitingForApproval: arguments.has("needs-approval"), limit: limit,
        by: .person(context.actor, of: business.id))
    }
    if arguments.has("json") {
      context.print(JSON.array(drafts.map { $0.file.json(in: $0.around) }).text)
    } else if drafts.isEmpty {
      context.print("no such drafts")
    } else {
      context.print(
        Table.text(
          ["draft", "age", "total", "for", "what", "needs approval"], drafts.map(\.columns)))
    }
    return ExitStatus.fine
  }

  static let approve = Command(
    name: "approve", summary: "Lets an agent's order that is over the limits through.",
    usage: "approve DRAFT_ID",
    details: """
      Prints the order as it is approved: this one and no other, a change takes a new approval. The
      customer still has to say yes.
      """, words: 1...1
  ) { arguments, context in
    let text = try await reading(context) { installation -> String in
      guard let id = UUIDv7(text: arguments.words[0]),
        let work = try await installation.ledger.draft(id)
      else { throw NotFound(description: "there is no draft '\(arguments.words[0])'") }
      guard work.file.waitsForApproval(in: work.around) else {
        throw BookingError(
          .invalidRequest,
          "this draft waits for no approval: it is at \(work.file.step(in: work.around).rawValue)")
      }
      _ = try await installation.bookings.approve(
        digest: work.file.digest(in: work.around), of: id,
        by: .person(context.actor, of: work.around.business.id))
      let exceeded = work.file.exceededLimits(in: work.around).joined(separator: "; ")
      return "\(SummaryText(work))\n\napproved, although \(exceeded)"
    }
    context.print(text)
    return ExitStatus.fine
  }
}

extension Caller {
  /// Whoever is on the command line acts for the business.
  fileprivate static func person(_ name: String, of businessID: String) -> Caller {
    Caller(
      principal: Principal(
        keyID: Actor.commandLine(name).signature, businessID: businessID, kind: .staff,
        scopes: [.approve]), correlationID: UUIDv7.make().text)
  }
}

extension DraftWork {
  fileprivate var columns: [String] {
    let draft = file.repriced(in: around)
    let total = draft.lines.total.map { "\(Amount.text($0)) \(around.business.currency)" }
    return [
      draft.id.text, around.now.duration(since: draft.openedAt).age, total ?? "",
      draft.customerName ?? "",
      draft.lines.map { "\($0.quantity) x \($0.name)" }.joined(separator: ", "),
      file.waitsForApproval(in: around)
        ? file.exceededLimits(in: around).joined(separator: "; ") : "",
    ]
  }
}

extension Duration {
  /// `12 min`, `3 h`.
  fileprivate var age: String {
    let minutes = max(0, components.seconds) / 60
    return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h"
  }
}

extension ProcessFailure {
  static func approval(of work: DraftWork) -> ProcessFailure {
    let id = work.file.draft.id.text
    let exceeded = work.file.exceededLimits(in: work.around).joined(separator: "; ")
    return ProcessFailure(
      processName: "DraftApproval", orderID: nil, effectID: nil,
      details: "\(work.around.business.id) has to approve draft \(id): \(exceeded); "
        + "`quayside approve \(id)` lets it through")
  }
}
