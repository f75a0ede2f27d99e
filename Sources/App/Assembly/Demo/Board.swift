import Kit
import Ledger
import Orders
import Sandbox

/// The live display: every order is a mark that fills as the order moves on.
final class Board {
  private let kinds: [String: OrderKind]
  private let isRealTime: Bool
  private let isTerminal = Terminal.isOne
  private var linesShown = 0
  private var lastLine = ""

  init(kinds: [String: OrderKind], isRealTime: Bool) {
    self.kinds = kinds
    self.isRealTime = isRealTime
    Terminal.write(
      """
      Quayside demo: \(kinds.count) orders of \(Set(kinds.values).count) kinds, while answers get lost, labels \
      come late and customers cancel.

      """)
  }

  func show(_ orders: [OrderSummary], after time: Duration, isLast: Bool = false) {
    guard isTerminal else {
      let line = plain(orders)
      if line != lastLine { Terminal.write("\(time.tenths.padded(to: 6)) s  \(line)\n") }
      lastLine = line
      return
    }
    let text = picture(orders, after: time)
    let up = linesShown > 0 ? "\u{1B}[\(linesShown)A\u{1B}[0J" : ""
    Terminal.write(up + text)
    linesShown = text.count { $0 == "\n" }
    if isLast { Terminal.write("\u{1B}[0m") }
  }

  private func plain(_ orders: [OrderSummary]) -> String {
    let counts = Dictionary(grouping: orders, by: \.status).mapValues(\.count)
    return OrderStatus.allCases.compactMap { status in
      counts[status].map { "\($0) \(status.rawValue)" }
    }.joined(separator: ", ")
  }

  private func picture(_ orders: [OrderSummary], after time: Duration) -> String {
    var marks = ""
    let sorted = orders.sorted { $0.orderID < $1.orderID }
    for i in 0..<kinds.count {
      marks += i < sorted.count ? mark(sorted[i]) : "\u{1B}[90m·"
      marks += " "
      if i % 20 == 19 { marks += "\u{1B}[0m\n  " }
    }
    var text = "\n  " + marks + "\u{1B}[0m\n"
    for (name, count, color) in stages(orders) {
      let width = count * 40 / max(1, kinds.count)
      text += "  \(name.padded(to: 18))\u{1B}[\(color)m"
      text += String(repeating: "━", count: width) + "\u{1B}[90m"
      text += String(repeating: "─", count: 40 - width) + "\u{1B}[0m \(count)\n"
    }
    text += "  \u{1B}[90m\(time.tenths) s\(isRealTime ? ", real waits" : "")   "
    return text
      + "○ placed ◔ accepted ◑ labelled ● shipped ✕ cancelled ! needs a person ∥ parked\u{1B}[0m\n"
  }

  private func stages(_ orders: [OrderSummary]) -> [(String, Int, Int)] {
    func count(_ statuses: OrderStatus...) -> Int {
      orders.count { $0.status.map(statuses.contains) ?? false }
    }
    return [
      ("accepted", count(.accepted, .labelCreated, .shipped), 36),
      ("label in hand", count(.labelCreated, .shipped), 34),
      ("shipped", count(.shipped), 32),
      ("cancelled", count(.cancelled), 33),
      ("for a person", orders.count { $0.needs != nil || $0.status == .acceptanceFailed }, 31),
    ]
  }

  private func mark(_ order: OrderSummary) -> String {
    if order.needs != nil { return "\u{1B}[31m!" }
    return switch order.status {
    case .received, .pendingAcceptance: "\u{1B}[37m○"
    case .parked: "\u{1B}[35m∥"
    case .accepted: "\u{1B}[36m◔"
    case .labelCreated: "\u{1B}[34m◑"
    case .shipped: "\u{1B}[32m●"
    case .cancelled: "\u{1B}[33m✕"
    case .acceptanceFailed: "\u{1B}[31m!"
    case nil: "\u{1B}[37m?"
    }
  }
}
