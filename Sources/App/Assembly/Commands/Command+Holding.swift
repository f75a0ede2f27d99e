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
