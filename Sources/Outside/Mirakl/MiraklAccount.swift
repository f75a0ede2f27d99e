/// How to speak for one shop of one marketplace.
public struct MiraklAccount: Sendable, CustomStringConvertible {
  /// Our own name of the shop.
  public var shopID: String
  /// `https://marketplace.bestbuy.ca`, without `/api` and without a slash at its end.
  public var baseURL: String
  /// Sent bare in `Authorization`; never printed.
  public var apiKey: String
  /// The marketplace's number of the shop; needed where the key's user has several.
  public var miraklShopID: Int64?

  public init(shopID: String, baseURL: String, apiKey: String, miraklShopID: Int64? = nil) {
    self.shopID = shopID
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    self.apiKey = apiKey
    self.miraklShopID = miraklShopID
  }

  public var description: String { "\(shopID) at \(baseURL)" }
}

extension MiraklAccount: CustomDebugStringConvertible, CustomReflectable {
  public var debugDescription: String { description }
  /// Keeps the key out of dumps.
  public var customMirror: Mirror {
    Mirror(self, children: ["shopID": shopID, "baseURL": baseURL])
  }
}
