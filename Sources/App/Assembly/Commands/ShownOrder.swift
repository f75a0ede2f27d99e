import Booking
import Kit
import Ledger

/// One order of either channel with everything that happened to it.
enum ShownOrder: Sendable {
  case marketplace(OrderSummary, [OrderLineSummary], Timeline)
  case booking(BookedOrder, Timeline)

  /// A booking for a terminal; empty for an order of the marketplace, which has its own form.
  var bookingText: String {
    guard case .booking(let order, let timeline) = self else { return "" }
    let total = order.total.map { ", \(Amount.text($0)) \(order.currency)" } ?? ""
    var text = "\(order.orderID): \(order.status.rawValue), version \(order.version)\n"
    text += "booked by \(order.source == .ai ? "an agent" : "a person") (\(order.principal)) "
    text += "at \(order.businessID)\(total)\n"
    text += "for \(order.customerName)\n"
    if let slot = order.slotID {
      let times = order.slotTimes.map { ", \($0.startsAt.iso8601) to \($0.endsAt.iso8601)" }
      text += "time slot \(slot)\(times ?? "")\n"
    }
    if let notes = order.notes { text += "notes: \(notes)\n" }
    for line in order.lines {
      text += "  \(line.quantity) x \(line.itemID ?? "-")  \(line.name)\n"
    }
    return text + "\n" + timeline.table
  }

  var bookingJSON: String {
    guard case .booking(let order, let timeline) = self,
      case .object(var members) = order.json
    else { return "" }
    members += timeline.members
    return JSON.object(members).text
  }
}

extension Timeline {
  /// As members of an order's document, like those of `/orders/ID.json`.
  var members: [(String, JSON)] {
    [("timeline", .array(entries.map(\.json))), ("timeline_is_cut", .bool(isCut))]
  }

  var table: String {
    let older = isCut ? "What happened before the newest \(Self.entriesMax) is not shown.\n" : ""
    return older
      + Table.text(
        ["at", "what", "", "how"],
        entries.map {
          [$0.at.iso8601, $0.kind.rawValue, ($0.isTrouble ? "! " : "") + $0.title, $0.detail]
        })
  }
}
