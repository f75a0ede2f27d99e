import Kit

/// An order that cannot be taken in.
struct OrderProblem: Error {
  let text: String
}

extension Marketplace {
  /// Takes in an order in OR11's shape; `order_id` is all that it needs.
  ///
  /// The addresses in it are shown only while the marketplace would show them. `order_state` is
  /// where its life begins (WAITING_ACCEPTANCE when absent); a state that does not exist is shown
  /// as it is until the order heals.
  func add(
    _ json: JSONValue, shop: Int, kind: OrderKind = .explicit
  ) throws(OrderProblem) -> String {
    guard let id = json["order_id"]?.string, !id.isEmpty else {
      throw OrderProblem(text: "an order needs an order_id")
    }
    let now = settings.now()
    var order = MarketOrder(id: id, shop: shop, kind: kind, json: json, now: now)
    if let hidden = kind == .missingFieldThenHeals ? Self.hiddenMember(of: id) : nil {
      order.brokenTemplate = OrderTemplate(json, leavingOut: hidden)
    }
    if kind == .unknownStateThenHeals { order.strangeState = "WAITING_FRAUD_REVIEW" }
    let isNew = enter { state, now in
      if state.byID[id] != nil { return false }
      state.insert(order, now: now, settings)
      return true
    }
    if !isNew { throw OrderProblem(text: "there is an order \(id) already") }
    return id
  }

  /// Which member an order of the kind `missing_field_then_heals` lacks; it varies.
  private static func hiddenMember(of id: String) -> String {
    var hash = StableHash(seed: 0)
    hash.add(id)
    return ["order_lines", "order_lines.offer_sku", "order_lines.quantity"][Int(hash.bits % 3)]
  }

  /// Invents `count` orders, taking the kinds in turn.
  func invent(count: Int, kinds: [OrderKind], shop: Int) -> [(id: String, kind: OrderKind)] {
    let kinds = kinds.isEmpty ? OrderKind.normal : kinds
    let first = enter { state, _ in
      defer { state.invented += count }
      return state.invented
    }
    var added: [(String, OrderKind)] = []
    for offset in 0..<count {
      let number = first + offset
      let kind = kinds[offset % kinds.count]
      let invention = InventedOrder(
        number: number, kind: kind, seed: settings.seed, now: settings.now())
      guard let json = try? JSONValue.parse(invention.json.bytes) else { continue }
      if let id = try? add(json, shop: shop, kind: kind) { added.append((id, kind)) }
    }
    return added
  }
}

extension MarketOrder {
  fileprivate init(id: String, shop: Int, kind: OrderKind, json: JSONValue, now: Timestamp) {
    let stateName = json["order_state"]?.string ?? MarketState.waitingAcceptance.rawValue
    let known = MarketState(rawValue: stateName)
    let created = json["created_date"]?.timestamp ?? now
    self.id = id
    self.shop = shop
    self.kind = kind
    createdAt = created
    channel = json["channel"]?["code"]?.string
    workflow = json["payment_workflow"]?.string ?? "PAY_ON_ACCEPTANCE"
    skipsDebit = workflow != "PAY_ON_ACCEPTANCE"
    hasIncident = json["has_incident"]?.bool ?? false
    state = known ?? .waitingAcceptance
    strangeState = known == nil ? stateName : nil
    updatedAt = now
    lines = (json["order_lines"]?.elements ?? []).map { line in
      Line(id: line["order_line_id"]?.text ?? "", accepted: nil)
    }
    decidedAt = json["acceptance_decision_date"]?.timestamp
    if state == .waitingAcceptance { decidedAt = nil }
    debitedAt = json["customer_debited_date"]?.timestamp ?? (state.showsAddresses ? created : nil)
    if let number = json["shipping_tracking"]?.string {
      tracking = Tracking(
        carrierCode: json["shipping_carrier_code"]?.string,
        standardCode: json["shipping_carrier_standard_code"]?.string,
        carrierLabel: json["shipping_company"]?.string ?? "", number: number,
        url: json["shipping_tracking_url"]?.string)
    }
    template = OrderTemplate(json)
  }
}
