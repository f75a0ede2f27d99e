/// How to speak for one shop.
public struct MiraklAccount: Sendable, CustomStringConvertible {
  /// Our own name of the shop.
  public var shopID: String
  /// `https://marketplace.bestbuy.ca`, without `/api`.
  public var baseURL: String
  public var apiKey: String
  /// The marketplace's number of the shop; needed where the key's user has several.
  public var miraklShopID: Int64?

  public init(shopID: String, baseURL: String, apiKey: String, miraklShopID: Int64?) {
    self.shopID = shopID
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    self.apiKey = apiKey
    self.miraklShopID = miraklShopID
  }

  public var description: String { "\(shopID) at \(baseURL)" }
}
