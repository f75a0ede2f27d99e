/// What `quayside`, `quayside help` and `quayside help NAME` print.
enum Help {
  static let version = "0.1.0"

  static var overview: String {
    var text = """
      quayside \(version): runs a marketplace seller's back office by itself.

      Usage: quayside COMMAND [options]


      """
    let width = Command.all.map(\.usage.count).filter { $0 < 40 }.max() ?? 0
    for command in Command.all {
      text += "  " + command.usage.padded(to: width) + "  " + command.summary + "\n"
    }
    return text + """

      quayside help COMMAND explains one; quayside help settings lists every setting.
      Settings come from the environment (QUAYSIDE_..., DATABASE_URL) and from the file that
      QUAYSIDE_CONFIG or --config names; the environment wins.

      Exit status: 0 fine; 1 something is not as it should be; 2 the command line was not
      understood; 3 a setting is wrong; 4 the database is away or its schema is not ours;
      5 no such order or effect.

      """
  }

  static func page(of command: Command) -> String {
    var text = "Usage: quayside \(command.usage)\n\n\(command.summary)\n"
    if !command.details.isEmpty { text += "\n" + command.details + "\n" }
    if !command.options.isEmpty {
      text += "\nOptions:\n"
      let names = command.options.map { "--" + $0.name + ($0.value.map { " " + $0 } ?? "") }
      let width = names.map(\.count).max() ?? 0
      for (name, option) in zip(names, command.options) {
        text += "  " + name.padded(to: width) + "  " + option.meaning + "\n"
      }
    }
    return text
  }

  static var settings: String {
    var text = """
      Every setting, with what holds without it. Settings of a shop may be given once for all shops
      (QUAYSIDE_SENDER_CITY=Halifax) or for one (QUAYSIDE_SHOP_WEST_SENDER_CITY=Victoria).


      """
    for key in SettingKey.all {
      let fallback = key.fallback.isEmpty ? "" : " [\(key.fallback)]"
      let scope = key.scope == .shop ? " (shop)" : ""
      text += "\(key.environmentName)\(fallback)\(scope)\n    \(key.meaning)\n"
    }
    return text
  }

  /// `docs/configuration.md`, so that the page and the program cannot disagree.
  static var settingsPage: String {
    var text = """
      # Configuration

      From the environment, and from the file that `QUAYSIDE_CONFIG` or `--config` names (lines
      `KEY=value`, `#` begins a comment). The environment wins. An unknown key is refused. Secrets are
      never printed, logged or stored.

      Settings of a shop may be given once for all shops (`QUAYSIDE_SENDER_CITY`) or for one shop of
      several (`QUAYSIDE_SHOP_WEST_SENDER_CITY` for the shop `west`).

      | Key | Of | Without it | Meaning |
      |---|---|---|---|

      """
    for key in SettingKey.all {
      let fallback = key.fallback.isEmpty ? "" : "`\(key.fallback)`"
      let scope = key.scope == .shop ? "shop" : "program"
      let secret = key.isSecret ? " Secret." : ""
      text += "| `\(key.environmentName)` | \(scope) | \(fallback) | \(key.meaning)\(secret) |\n"
    }
    return text
  }
}

extension String {
  func padded(to width: Int) -> String {
    count >= width ? self : self + String(repeating: " ", count: width - count)
  }
}
