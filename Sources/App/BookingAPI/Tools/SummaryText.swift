import Booking
import Kit
public import Ledger

/// A draft's summary in words for the customer, from the server's own rows: what a dialog or a chat
/// shows before it asks. One line each; what an agent or a customer wrote stays within its line and its
/// quotes, so that no note can look like another total.
public struct SummaryText: Sendable, CustomStringConvertible {
  public let description: String

  public init(_ work: DraftWork) {
    let business = work.around.business
    let draft = work.file.repriced(in: work.around)
    var lines = ["Your order at \(Self.plain(business.name)):"]
    for line in draft.lines {
      let price = line.total.map { ", \(Amount.text($0)) \(business.currency)" } ?? ""
      lines.append("- \(line.quantity) x \(Self.plain(line.name))\(price)")
    }
    if let total = draft.lines.total {
      lines.append("Total: \(Amount.text(total)) \(business.currency)")
    }
    lines.append(
      "For: \(Self.plain(draft.customerName ?? "")), \(Self.plain(draft.customerPhone ?? ""))")
    if let slot = work.around.slot { lines.append("On: \(Self.plain(slot.shownStart))") }
    if let notes = draft.notes { lines.append("Notes: “\(Self.plain(notes))”") }
    if draft.allowsDuplicate { lines.append("This is one more order like an earlier one.") }
    description = lines.joined(separator: "\n")
  }

  /// Within one line: breaks become a slash; controls, and what turns the direction of writing,
  /// become U+FFFD.
  public static func plain(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\u{2028}", "\u{2029}": out += " / "
      case "\t": out += " "
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{200e}", "\u{200f}",
        "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}":
        out.unicodeScalars.append("\u{fffd}")
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
