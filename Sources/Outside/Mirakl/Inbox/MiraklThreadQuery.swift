import HTTP
public import Kit

/// What to ask M11 for: the threads that changed since a moment, the latest first.
public struct MiraklThreadQuery: Sendable, Equatable {
  /// Inclusive.
  public var updatedSince: Timestamp?
  /// Only those about this order.
  public var orderID: String?
  /// 1 to 100.
  public var limit = 100
  /// Of the page before; everything else is then ignored.
  public var pageToken: String?

  public init() {}

  /// The query string, without `shop_id`.
  package var text: String {
    if let pageToken { return "page_token=" + PercentEncoding.encode(pageToken) }
    var text = "with_messages=true&limit=\(Swift.max(1, Swift.min(limit, 100)))"
    if let orderID {
      text += "&entity_type=MMP_ORDER&entity_id=" + PercentEncoding.encode(orderID)
    }
    if let since = updatedSince {
      // The marketplace knows milliseconds; cutting the rest begins a little earlier.
      let fraction = since.microseconds % 1_000
      let whole = since.microseconds - (fraction < 0 ? fraction + 1_000 : fraction)
      text += "&updated_since="
      text += PercentEncoding.encode(Timestamp(microseconds: whole).iso8601)
    }
    return text
  }
}
