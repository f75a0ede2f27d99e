import HTTP
import Kit
import Ledger
import Orders

/// What an address asks of the list of orders.
struct OrderQuery: Sendable {
  static let pageSize = 50

  var status: StatusWords?
  var channel = "marketplace"
  /// `person` or `held`.
  var show: String?
  var search: String?
  var before: (at: Timestamp, orderID: String)?

  /// - Throws: `PageProblem` for a question that the list cannot answer.
  init(_ request: HTTPRequest) throws(PageProblem) {
    if let name = request.query("channel"), !name.isEmpty {
      guard name == "marketplace" || name == "booking" else {
        throw .unclear("There is no channel “\(name)”.")
      }
      channel = name
    }
    if let name = request.query("status"), !name.isEmpty {
      let all = channel == "booking" ? StatusWords.booking : StatusWords.marketplace
      guard let status = all.first(where: { $0.status == name }) else {
        throw .unclear("There is no status “\(name)”.")
      }
      self.status = status
    }
    if let name = request.query("show"), !name.isEmpty {
      guard name == "person" || name == "held" else {
        throw .unclear("“show” takes person or held.")
      }
      show = name
    }
    search = Text.trimmed(request.query("q") ?? "")
    if let key = request.query("before"), !key.isEmpty {
      guard let place = Self.place(key) else {
        throw .unclear("“before” is not a place in the list; take it from its links.")
      }
      before = place
    }
  }

  var orders: OrderSearch { OrderSearch(kind, before: before, limit: Self.pageSize) }

  private var kind: OrderSearch.Kind {
    if let search { return .text(search) }
    if let status { return .status(status.status, channel: channel) }
    switch show {
    case "person": return .needsPerson
    case "held": return .held
    default: return .all
    }
  }

  /// The list's own address, without its place.
  var path: Path {
    Path.orders.query("status", status?.status)
      .query("channel", channel == "booking" ? channel : nil).query("show", show)
      .query("q", search)
  }

  /// For a link to the next page.
  static func text(_ place: (at: Timestamp, orderID: String)) -> String {
    "\(place.at.iso8601)~\(place.orderID)"
  }

  private static func place(_ key: String) -> (at: Timestamp, orderID: String)? {
    guard let mark = key.firstIndex(of: "~"), let at = Timestamp(iso8601: key[..<mark])
    else { return nil }
    return (at, String(key[key.index(after: mark)...]))
  }
}
