import Ledger
import Operations
import People

extension Command {
  static let label = Command(
    name: "label", summary: "Has an order's label fetched from the carrier once more.",
    usage: "label ORDER_ID",
    details: """
      For a file that was lost or damaged. It costs nothing: the label is read again, not bought. A worker
      does it at once and stores it in its own state folder.
      """, options: [json], words: 1...1
  ) { arguments, context in
    let id = arguments.words[0]
    return try await acting(context) { installation in
      guard try await installation.ledger.fetchAgain([id]) > 0 else {
        throw NotFound(description: "no label was fetched for an order \(id)")
      }
      try await installation.ledger.record(
        Act(.commandLine(context.actor), "order.label", on: "order:" + id))
      await installation.ledger.announce()
      context.print(
        arguments.has("json")
          ? #"{"planned":"fetch_label"}"# : "planned: the label is fetched again")
    }
  }
}
