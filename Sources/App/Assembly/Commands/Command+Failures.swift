import Kit
import Ledger
import Operations
import People

extension Command {
  static let failures = Command(
    name: "failures", summary: "What people were told of and nobody has settled, the oldest first.",
    usage: "failures [done ID]",
    details: """
      A retry, a release, an answer, or the end of an order settles what it is about by itself. `failures
      done ID` settles what nothing else does, such as an order that two shops show.
      """,
    options: [.init(name: "limit", value: "N", meaning: "how many (100)"), json], words: 0...2
  ) { arguments, context in
    guard let verb = arguments.words.first else {
      let limit = try arguments.int("limit", or: 100, in: 1...100_000)
      let failures = try await reading(context) { try await $0.ledger.openFailures(limit: limit) }
      context.print(
        arguments.has("json") ? JSON.array(failures.map(\.json)).text : table(of: failures))
      return ExitStatus.fine
    }
    guard verb == "done", arguments.words.count == 2, let id = Int64(arguments.words[1]) else {
      throw UsageError(command: "failures", "usage: quayside failures [done ID]")
    }
    return try await acting(context) { installation in
      try await installation.desk.settle(failure: id, by: .commandLine(context.actor))
      context.print(
        arguments.has("json") ? JSON.object([("settled", .int(id))]).text : "settled: failure \(id)"
      )
    }
  }

  private static func table(of failures: [OpenFailure]) -> String {
    if failures.isEmpty { return "no failure is open" }
    return Table.text(
      ["failure", "age", "process", "order", "details"],
      failures.map {
        ["\($0.id)", age($0.age), $0.processName, $0.orderID ?? "", $0.details]
      })
  }

  private static func age(_ age: Duration) -> String {
    let seconds = max(0, age.components.seconds)
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}
