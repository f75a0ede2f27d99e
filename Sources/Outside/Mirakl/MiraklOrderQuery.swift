import HTTP
public import Kit

/// What to ask OR11 for.
public struct MiraklOrderQuery: Sendable, Equatable {
  /// Ids of one query and orders of one page; the marketplace refuses more.
  public static let idsMax = 100

  /// At most 100; other conditions still apply.
  public var orderIDs: [String] = []
  /// The marketplace subtracts a little from it: duplicates are normal.
  public var startUpdateDate: Timestamp?
  public var endUpdateDate: Timestamp?
  public var states: [String] = []
  public var offset = 0
  /// 1 to 100; the marketplace's own default would be 10.
  public var max = 100

  public init() {}

  /// The orders of these ids; one that is unknown is simply missing from the answer.
  public static func orders(_ ids: [String]) -> MiraklOrderQuery {
    var query = MiraklOrderQuery()
    query.orderIDs = ids
    return query
  }

  /// The query string, without `shop_id`.
  package var text: String {
    var text = "max=\(Swift.max(1, Swift.min(max, Self.idsMax)))"
    if offset > 0 { text += "&offset=\(offset)" }
    if !orderIDs.isEmpty { text += "&order_ids=" + Self.list(orderIDs) }
    if let start = startUpdateDate { text += "&start_update_date=" + Self.moment(start) }
    if let end = endUpdateDate { text += "&end_update_date=" + Self.moment(end) }
    if !states.isEmpty { text += "&order_state_codes=" + Self.list(states) }
    return text
  }

  /// Lists of OR11 are one value with commas.
  private static func list(_ values: [String]) -> String {
    PercentEncoding.encode(values.joined(separator: ","))
  }

  /// The marketplace knows milliseconds; cutting the rest begins a little earlier.
  private static func moment(_ moment: Timestamp) -> String {
    let fraction = moment.microseconds % 1_000
    let whole = moment.microseconds - (fraction < 0 ? fraction + 1_000 : fraction)
    return PercentEncoding.encode(Timestamp(microseconds: whole).iso8601)
  }
}
