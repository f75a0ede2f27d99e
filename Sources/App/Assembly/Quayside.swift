import Kit
import Postgres

/// The program: finds the command, reads the settings, runs it, and turns what went wrong into words
/// and an exit status.
public enum Quayside {
  public static func main() async {
    exitNow(await run(CommandLine.arguments.dropFirst().map { $0 }))
  }

  private static func run(_ words: [String]) async -> Int32 {
    var words = words
    let configFile = takeConfig(&words)
    guard let name = words.first else {
      Terminal.write(Help.overview)
      return ExitStatus.usage
    }
    switch name {
    case "help", "--help", "-h": return help(words.dropFirst().first)
    case "version", "--version":
      Terminal.write("quayside \(Help.version)\n")
      return ExitStatus.fine
    default: break
    }
    guard let command = Command.named(name) else {
      Log.standardError("quayside: no command '\(name)'; `quayside help` lists them\n")
      return ExitStatus.usage
    }
    if words.contains("--help") { return help(name) }
    do {
      let arguments = try Arguments(Array(words.dropFirst()), for: command)
      let source = try SettingsSource(environment: Host.environment, file: configFile)
      let settings = try Settings(source)
      Redaction.register(settings.secrets)
      let context = Context(settings: settings, log: log(settings), actor: actor)
      return try await command.run(arguments, context)
    } catch {
      return report(error)
    }
  }

  private static func help(_ topic: String?) -> Int32 {
    switch topic {
    case nil: Terminal.write(Help.overview)
    case "settings": Terminal.write(Help.settings)
    case "settings-page": Terminal.write(Help.settingsPage)
    case let name?:
      guard let command = Command.named(name) else {
        Log.standardError("quayside: no command '\(name)'; `quayside help` lists them\n")
        return ExitStatus.usage
      }
      Terminal.write(Help.page(of: command))
    }
    return ExitStatus.fine
  }

  /// The one edge from errors to exit statuses.
  private static func report(_ error: any Error) -> Int32 {
    // Who typed a path may be told it.
    let words = (error as? FileError)?.debugDescription ?? "\(error)"
    Log.standardError(Redaction.text("quayside: \(words)") + "\n")
    switch error {
    case is UsageError: return ExitStatus.usage
    case is SettingsError: return ExitStatus.settings
    case is SchemaProblem, is ClusterError: return ExitStatus.database
    case let error as PostgresError:
      Log.standardError(Redaction.text("  (\(error.debugDescription))") + "\n")
      return ExitStatus.database
    case is NotFound: return ExitStatus.notFound
    default: return ExitStatus.trouble
    }
  }

  private static func takeConfig(_ words: inout [String]) -> String? {
    for (i, word) in words.enumerated() {
      if word == "--config", i + 1 < words.count {
        let path = words[i + 1]
        words.removeSubrange(i...(i + 1))
        return path
      }
      if word.hasPrefix("--config=") {
        words.remove(at: i)
        return String(word.dropFirst(9))
      }
    }
    return nil
  }

  private static func log(_ settings: Settings) -> Log {
    let isText = settings.logFormat == "text" || settings.logFormat == "auto" && Terminal.isOne
    return Log(
      level: Log.Level(name: settings.logLevel) ?? .info, format: isText ? .text : .json)
  }

  private static var actor: String {
    "person:" + (Host.environment["SUDO_USER"] ?? Host.environment["USER"] ?? "command line")
  }
}

/// An order or an effect that does not exist.
struct NotFound: Error, CustomStringConvertible {
  let description: String
}
