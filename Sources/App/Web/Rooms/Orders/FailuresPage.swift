import HTTP
import Kit
import Ledger
import Operations
import People

/// What people were told of and nobody has settled, the oldest first.
struct FailuresPage: Sendable {
  static let listed = 200

  let visit: Visit
  let failures: [OpenFailure]

  func markup() -> Markup {
    Tag.div(.class("stack"), .id("failures"), .refreshes(on: "orders")) {
      Tag.div(.class("title")) {
        Tag.h1 { "Failures" }
        Tag.p(.class("note")) { "What a person was told of, and nobody has settled." }
      }
      Tag.section(.class("panel"), .label("Failures")) {
        if failures.isEmpty {
          Parts.empty("Nothing is open", "Whatever went wrong has been settled.")
        } else {
          Tag.p(.class("hint")) {
            "A retry, a release, an answer or the end of an order settles its failures by itself. Done is "
              + "for what you have settled elsewhere; it does nothing else."
          }
          table
          if failures.count == Self.listed {
            Tag.p(.class("more")) { "The oldest \(Words.count(Self.listed)) are shown." }
          }
        }
      }
    }
  }

  private var table: Markup {
    let done = Table<OpenFailure>.Column("Settle") { failure in
      visit.button("Done", to: Path.failures.segment("\(failure.id)").segment("done"))
    }
    return Table<OpenFailure>(
      caption: "Open failures, the oldest first",
      columns: [
        .init("Failure") { failure in
          Tag.strong { failure.processName } + Tag.small { "no. \(failure.id)" }
        },
        .init("Since") { visit.moments.pair($0.createdAt) },
        .init("About", about),
        .init("What is wrong") { Markup($0.details) },
      ] + (visit.can(.actOnOrders) ? [done] : [])
    ).markup(failures)
  }

  private func about(_ failure: OpenFailure) -> Markup {
    var about = Markup()
    if let id = failure.orderID { about = about + Parts.orderLink(id) }
    if let id = failure.conversationID, visit.can(.readInbox) {
      about = about + Tag.a(.href(.thread(id))) { "Conversation \(id)" }
    }
    return about
  }
}

/// What the forms of that page do.
enum FailureActs {
  static func done(_ visit: Visit) async throws -> HTTPResponse {
    let id = try visit.number("failure", "failure")
    do { try await visit.services.desk.settle(failure: id, by: visit.actor) } catch let refusal
      as Desk.Refusal
    { throw PageProblem.refused("Sorry: \(refusal.description).") }
    return try await visit.done(.failures, "Done: failure \(id) is settled.")
  }
}
