import Operations
import People

extension Command {
  static let hold = Command(
    name: "hold", summary: "Stops everything of an order that has not been sent yet.",
    usage: "hold ORDER_ID REASON",
    details: """
      What is under way is still proved or looked up. The hold stands until somebody releases the order,
      whatever the marketplace shows meanwhile; its deadlines go on.
      """, words: 2...2
  ) { arguments, context in
    try await acting(context) { installation in
      try await installation.desk.hold(
        arguments.words[0], reason: arguments.words[1], by: .commandLine(context.actor))
      context.print("held")
    }
  }

  static let cancel = Command(
    name: "cancel", summary: "Takes an order back at the marketplace, and its label with it.",
    usage: "cancel ORDER_ID REASON",
    details: """
      The order is held at once. The marketplace is told, and what it shows afterwards counts: then the
      order ends here, its parts are free again and its label is voided. Where the marketplace does not
      let the shop cancel it, a person is asked; `quayside release` lets the order go on.
      """, words: 2...2
  ) { arguments, context in
    try await acting(context) { installation in
      try await installation.desk.cancel(
        arguments.words[0], reason: arguments.words[1], by: .commandLine(context.actor))
      context.print("being cancelled; `quayside order \(arguments.words[0])` tells how it goes")
    }
  }

  static let release = Command(
    name: "release", summary: "Lets an order that is held go on.", usage: "release ORDER_ID",
    words: 1...1
  ) { arguments, context in
    try await acting(context) { installation in
      try await installation.desk.release(
        arguments.words[0], by: .commandLine(context.actor))
      context.print("released: what was kept back is due now")
    }
  }
}
