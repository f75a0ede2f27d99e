import Kit

/// The live line of a fault run: how far it is, what was done to it, how it bears it.
final class TortureBoard {
  private let isTerminal = Terminal.isOne
  private let begun = ContinuousClock.now
  private var shownAt: ContinuousClock.Instant?
  /// Between two lines where nobody watches a terminal.
  static let plainEvery = Duration.seconds(5)

  func say(_ text: String) {
    Terminal.write((isTerminal ? "\r\u{1B}[2K" : "") + text + "\n")
  }

  func show(_ figures: TortureFigures, of orders: Int, statuses: [String: Int], phase: String) {
    guard isTerminal else {
      if let shownAt, ContinuousClock.now - shownAt < Self.plainEvery { return }
      shownAt = .now
      Terminal.write(plain(figures, orders, statuses, phase) + "\n")
      return
    }
    Terminal.write("\r\u{1B}[2K" + picture(figures, orders, statuses, phase))
  }

  func end() { if isTerminal { Terminal.write("\n") } }

  private var seconds: String { "\((ContinuousClock.now - begun).components.seconds) s" }

  private func plain(
    _ f: TortureFigures, _ orders: Int, _ statuses: [String: Int], _ phase: String
  ) -> String {
    "\(seconds.padded(to: 7)) \(phase.padded(to: 9)) \(f.ordersFed) of \(orders) orders, "
      + "\(statuses["shipped"] ?? 0) shipped, \(statuses["cancelled"] ?? 0) cancelled; "
      + "\(f.kills) kills, \(f.freezes) freezes, \(f.databaseCrashes + f.backendKills) database "
      + "crashes, \(f.outages) outages, \(f.faultsFired) faults; a person was asked \(f.retries) times"
  }

  private func picture(
    _ f: TortureFigures, _ orders: Int, _ statuses: [String: Int], _ phase: String
  ) -> String {
    let width = 24
    let shipped = (statuses["shipped"] ?? 0) * width / max(1, orders)
    let off = (statuses["cancelled"] ?? 0) * width / max(1, orders)
    let fed = min(width, f.ordersFed * width / max(1, orders))
    let open = max(0, fed - shipped - off)
    var text = "  \u{1B}[90m\(seconds.padded(to: 6))\(phase.padded(to: 9))\u{1B}[0m"
    text += "\u{1B}[32m" + String(repeating: "━", count: shipped)
    text += "\u{1B}[33m" + String(repeating: "━", count: off)
    text += "\u{1B}[36m" + String(repeating: "━", count: open)
    text += "\u{1B}[90m" + String(repeating: "─", count: max(0, width - shipped - off - open))
    text += "\u{1B}[0m \(statuses["shipped"] ?? 0) shipped \(statuses["cancelled"] ?? 0) off"
    text += "  \u{1B}[31m\(f.kills) kills \(f.freezes) freezes "
    text += "\(f.databaseCrashes + f.backendKills) db crashes\u{1B}[0m \(f.faultsFired) faults"
    return f.retries > 0 ? text + " \(f.retries) asked" : text
  }
}
