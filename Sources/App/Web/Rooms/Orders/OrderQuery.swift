import HTTP
import Kit
import Ledger
import Orders

/// What an address asks of the list of orders.
struct OrderQuery: Sendable {
  static let pageSize = 50

  var status: OrderStatus?
  var needsPerson = false
  var search: String?
  var before: (createdAt: Timestamp, orderID: String)?

  /// - Throws: `PageProblem` for a question that the list cannot answer.
  init(_ request: HTTPRequest) throws(PageProblem) {
    if let name = request.query("status"), !name.isEmpty {
      guard let status = OrderStatus(rawValue: name) else {
        throw .unclear("There is no status “\(name)”.")
      }
      self.status = status
    }
    if let needs = request.query("needs"), !needs.isEmpty {
      guard needs == "person" else { throw .unclear("Only “needs=person” can be asked for.") }
      needsPerson = true
    }
    search = Text.trimmed(request.query("q") ?? "")
    if let key = request.query("before"), !key.isEmpty {
      guard let place = Self.place(key) else {
        throw .unclear("“before” is not a place in the list; take it from its links.")
      }
      before = place
    }
  }

  /// Asks for one more than a page, which tells whether there is a next one.
  var filter: OrderFilter {
    OrderFilter(
      status: status, needsPerson: needsPerson, search: search, before: before,
      limit: Self.pageSize + 1)
  }

  /// The list's own address, without its place.
  var path: Path {
    Path.orders.query("status", status?.rawValue).query("needs", needsPerson ? "person" : nil)
      .query("q", search)
  }

  /// One page of what the filter brought, and where the next one begins.
  static func page(_ found: [OrderSummary]) -> (orders: [OrderSummary], next: String?) {
    let orders = Array(found.prefix(pageSize))
    guard found.count > pageSize, let last = orders.last else { return (orders, nil) }
    return (orders, "\(last.createdAt.iso8601)~\(last.orderID)")
  }

  private static func place(_ key: String) -> (createdAt: Timestamp, orderID: String)? {
    guard let mark = key.firstIndex(of: "~"), let at = Timestamp(iso8601: key[..<mark])
    else { return nil }
    return (at, String(key[key.index(after: mark)...]))
  }
}
