/// The words after a subcommand: long options (`--key value` or `--key=value`, each once), flags and
/// positional words. Nothing is guessed: an unknown option is an error that names the known ones.
struct Arguments: Sendable {
  private(set) var options: [String: String] = [:]
  private(set) var flags: Set<String> = []
  private(set) var words: [String] = []

  /// - Throws: `UsageError` that says what the command takes.
  init(_ words: [String], for command: Command) throws(UsageError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        self.words.append(word)
        continue
      }
      let body = word.dropFirst(2)
      let name = String(body.prefix { $0 != "=" })
      let inline = body.firstIndex(of: "=").map { String(body[body.index(after: $0)...]) }
      guard let option = command.options.first(where: { $0.name == name }) else {
        let known = command.options.map { "--" + $0.name }.joined(separator: ", ")
        throw UsageError(
          command: command.name,
          known.isEmpty ? "takes no --\(name)" : "knows no --\(name); it takes \(known)")
      }
      if option.value == nil {
        guard inline == nil else {
          throw UsageError(command: command.name, "--\(name) takes no value")
        }
        flags.insert(name)
        continue
      }
      guard options[name] == nil else {
        throw UsageError(command: command.name, "--\(name) is given twice")
      }
      guard let value = inline ?? rest.popFirst() else {
        throw UsageError(
          command: command.name, "--\(name) needs a value: --\(name) \(option.value ?? "")")
      }
      options[name] = value
    }
    guard command.words.contains(self.words.count) else {
      throw UsageError(command: command.name, "usage: quayside \(command.usage)")
    }
  }

  func has(_ flag: String) -> Bool { flags.contains(flag) }

  func text(_ name: String) -> String? { options[name] }

  func int(_ name: String, or fallback: Int, in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let text = options[name] else { return fallback }
    guard let value = Int(text), range.contains(value) else {
      throw UsageError(
        command: "",
        "--\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

/// The command line was not understood; nothing was done.
struct UsageError: Error, CustomStringConvertible {
  let command: String
  let problem: String

  init(command: String, _ problem: String) {
    self.command = command
    self.problem = problem
  }

  var description: String {
    command.isEmpty ? problem : "quayside \(command): \(problem)"
  }
}
