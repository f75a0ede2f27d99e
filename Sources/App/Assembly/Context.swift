import Kit

/// What every command has at hand before it opens anything.
struct Context: Sendable {
  var settings: Settings
  var log: Log
  /// Who acts, for the audit trail.
  var actor: String

  func print(_ text: String, terminator: String = "\n") {
    Terminal.write(text + terminator)
  }

  func printError(_ text: String) { Log.standardError(text + "\n") }
}
