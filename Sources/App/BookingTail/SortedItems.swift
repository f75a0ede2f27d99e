import Kit
import OrderSheet
import Push

/// A batch by what has to be done: one pass for each sheet, one call for each message.
struct SortedItems: Sendable {
  struct SheetWork: Sendable {
    var sheet: SheetDestination
    var items: [(TailItem, OrderRow)] = []
  }

  struct PushWork: Sendable {
    var item: TailItem
    var message: PushMessage
    var sender: PushSender
  }

  private(set) var sheets: [SheetWork] = []
  private(set) var pushes: [PushWork] = []
  /// Items that cannot be carried out by anybody.
  private(set) var unusable: [TailVerdict] = []

  /// Each business is asked about once.
  init(_ items: [TailItem], _ destinations: TailDestinations) async {
    var places: [String: Int?] = [:]
    var senders: [String: PushSender?] = [:]
    for item in items {
      let payload = try? JSONValue.parse(item.payload)
      let business = item.businessID
      switch item.kind {
      case .sheets:
        if places[business] == nil {
          let sheet = await destinations.sheet(business)
          // A business writes with its own account, also where two name the same sheet.
          places[business] = .some(sheet.map { _ in sheets.count })
          if let sheet { sheets.append(SheetWork(sheet: sheet)) }
        }
        guard let place = places[business] ?? nil else {
          fail(item, "the business has no sheet: name one and share it, then try again")
          continue
        }
        guard let row = payload.flatMap(OrderRow.init(json:)) else {
          fail(item, "the payload is no order's row")
          continue
        }
        sheets[place].items.append((item, row))
      case .push:
        if senders[business] == nil { senders[business] = .some(await destinations.push(business)) }
        guard let sender = senders[business] ?? nil else {
          fail(item, "the business has nowhere to send messages to: name a device or a topic")
          continue
        }
        guard let message = payload.flatMap(PushPayload.init(json:))?.message else {
          fail(item, "the payload is no message")
          continue
        }
        pushes.append(PushWork(item: item, message: message, sender: sender))
      }
    }
    sheets.removeAll { $0.items.isEmpty }
  }

  private mutating func fail(_ item: TailItem, _ why: String) {
    unusable.append(TailVerdict(itemID: item.id, outcome: .failed(reason: why)))
  }
}
