/// One subcommand: what `--help` says of it and what it does.
struct Command: Sendable {
  struct Option: Sendable {
    let name: String
    /// What stands for its value in the help; `nil` for a flag.
    var value: String?
    let meaning: String
  }

  let name: String
  /// What it is good for, within a line.
  let summary: String
  /// The words after `quayside`.
  let usage: String
  /// More, for `quayside help NAME`.
  var details = ""
  var options: [Option] = []
  /// How many positional words it takes.
  var words: ClosedRange<Int> = 0...0
  /// - Returns: the exit status.
  let run: @Sendable (Arguments, Context) async throws -> Int32
}

/// Exit statuses; `quayside help` lists them.
enum ExitStatus {
  static let fine: Int32 = 0
  /// It ran, and something is not as it should be.
  static let trouble: Int32 = 1
  static let usage: Int32 = 2
  static let settings: Int32 = 3
  /// The database is away, or its schema is not ours.
  static let database: Int32 = 4
  static let notFound: Int32 = 5
}

extension Command {
  static let all: [Command] = [
    .demo, .serve, .work, .run, .pull, .orders, .order, .effects, .failures, .pullMessages,
    .threads, .reply, .rules, .retry, .label, .void, .hold, .cancel, .release, .accept, .sku,
    .stock, .business, .key, .drafts, .approve,
    .signingKey, .user,
    .mcp, .tools, .chat, .migrate, .doctor, .sandbox, .bench, .torture,
  ]

  static func named(_ name: String) -> Command? { all.first { $0.name == name } }

  static let json = Option(name: "json", meaning: "print JSON instead of a table")
}
