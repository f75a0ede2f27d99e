import HTTP
import Kit

/// The marketplace's seller API, as far as sellers of goods need it.
struct MiraklService: Sendable {
  let settings: SandboxSettings
  let market: Marketplace
  let shelf: OfferShelf
  let postbox: Postbox
  let limiter: Limiter

  func answer(_ call: MiraklCall, _ request: HTTPRequest, _ faults: Faults) -> Reply {
    if case .version = call {
      return .json(["version": "3.412.0"])
    }
    let key = request.headers["Authorization"] ?? ""
    let allowed = settings.shops.indices.filter { settings.shops[$0].apiKey == key }
    guard !key.isEmpty, let first = allowed.first else {
      return MiraklError.single(401, "Unauthorized")
    }
    if let accept = request.headers["Accept"], !Self.takesJSON(accept) {
      return MiraklError.single(406, "HTTP 406 Not Acceptable")
    }
    if Self.needsLength(request) { return .html(411, "Length Required") }
    var shop = first
    if let wanted = request.query.first(where: { $0.0 == "shop_id" })?.1 {
      guard let number = Int64(wanted) else {
        return MiraklError.field("shop_id", "must be a number")
      }
      guard let index = allowed.first(where: { settings.shops[$0].id == number }) else {
        return MiraklError.single(403, "You are not allowed to act for shop \(number)")
      }
      shop = index
    }
    return answer(call, request, shop, faults)
  }

  private func answer(
    _ call: MiraklCall, _ request: HTTPRequest, _ shop: Int, _ faults: Faults
  ) -> Reply {
    switch call {
    case .orders: orders(request, shop, faults)
    case .accept(let id): accept(id, request, shop, faults)
    case .tracking(let id): tracking(id, request, shop)
    case .ship(let id): done(market.ship(id, shop: shop), id)
    case .cancel(let id): done(market.cancel(id, shop: shop), id)
    case .carriers: .json(["carriers": .array(MiraklCarrier.all.map(\.json))])
    case .offers: offers(request, shop)
    case .stockImport: stockImport(request, shop, faults)
    case .stockStatus(let id): stockStatus(id, shop)
    case .account: .json(account(settings.shops[shop]))
    case .platform: .json(Self.platform)
    case .threads: threads(request, shop, faults)
    case .thread(let id): thread(id, shop, faults)
    case .message(let id): message(id, request, shop)
    case .attachment(let id): download(id, shop)
    case .openThread(let id): openThread(id, request, shop)
    case .version: .json(["version": "3.412.0"])
    case .gone: MiraklError.single(410, "HTTP 410 Gone")
    case .wrongMethod: MiraklError.single(405, "HTTP 405 Method Not Allowed")
    case .notFound: MiraklError.single(404, "HTTP 404 Not Found")
    }
  }

  func done(_ refusal: MarketRefusal?, _ order: String) -> Reply {
    refusal.map { MiraklError.refusal($0, order: order) } ?? .noContent
  }

  /// No Accept at all still yields JSON.
  private static func takesJSON(_ accept: String) -> Bool {
    if accept == "application/json" { return true }
    let accept = accept.lowercased()
    return accept.isEmpty || accept.contains("application/json") || accept.contains("*/*")
      || accept.contains("application/*")
  }

  /// The front end wants a length on every PUT and POST, also on an empty one.
  private static func needsLength(_ request: HTTPRequest) -> Bool {
    let method = request.method
    return (method == "PUT" || method == "POST") && request.headers["Content-Length"] == nil
      && request.headers["Transfer-Encoding"] == nil
  }

  private func account(_ shop: SandboxSettings.Shop) -> JSON {
    [
      "shop_id": .int(shop.id), "shop_name": .string(shop.name), "shop_state": "OPEN",
      "currency_iso_code": "CAD", "channels": [], "approval_delay": 3600, "approval_rate": 1,
      "offers_count": .int(Int64(shelf.enter { state, _ in state.offers.first?.count ?? 0 })),
      "orders_count": .int(Int64(market.count(shop: shop.id))), "is_professional": true,
      "order_messages_response_delay": 76, "premium": false, "closed_from": .null,
      "closed_to": .null,
      "payment_info": ["@type": "ABA", "owner": "Sandbox", "bank_account_number": "000000000"],
    ]
  }

  private static let platform: JSON = [
    "features": [
      "disable_seller_alternative_carrier": false, "multi_currency": false,
      "no_reply_needed": true, "offer_prices_decimals": "2",
      "operator_csv_delimiter": "SEMICOLON", "order_tax_mode": "TAX_EXCLUDED",
      "order_workflows": [
        "order_acceptance": "NOT_AUTOMATIC", "pay_on_due_date": false, "pay_on_shipment": false,
        "shipping_and_billing_details_before_acceptance": false,
      ],
      "returns": ["marketplace": false],
      "shipment": ["multi_part_item_shipment": false, "multi_shipment": false],
    ],
    "modules": ["offer_management": true, "order_management": true],
    "platform_name": "Sandbox", "tenant_name": "sandbox", "timezone": "America/Toronto",
  ]
}

extension Marketplace {
  func count(shop id: Int64) -> Int {
    let shop = settings.shops.firstIndex { $0.id == id }
    return enter { state, _ in state.keys.count { $0.shop == shop } }
  }
}
