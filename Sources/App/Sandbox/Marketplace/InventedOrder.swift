import Kit

/// An order that nobody placed, in the marketplace's own shape: varied, but the same for the same
/// number and seed.
struct InventedOrder {
  let number: Int
  let kind: OrderKind
  let seed: UInt64
  let now: Timestamp

  var commercialID: String { "\(270_000_000 + number)" }
  var orderID: String { commercialID + "-A" }

  private func pick(_ salt: String, _ count: Int) -> Int {
    var hash = StableHash(seed: seed)
    hash.add(salt)
    hash.add(UInt64(number))
    return Int(hash.bits % UInt64(count))
  }

  var json: JSON {
    let customer = InventedCustomer(number: number, kind: kind)
    let lines = makeLines()
    let price = lines.reduce(0) { $0 + $1.cents }
    let shipping = kind == .express ? 1495 : 0
    let commission = price * 8 / 100
    let when = JSON.string(wholeSeconds(now))
    var members: [(String, JSON)] = [
      ("acceptance_decision_date", .null), ("can_cancel", false), ("can_shop_ship", false),
      ("channel", .null), ("commercial_id", .string(commercialID)), ("created_date", when),
      ("currency_iso_code", "CAD"), ("customer", makeCustomer(customer)),
      ("customer_debited_date", .null), ("customer_directly_pays_seller", false),
      (
        "customer_notification_email",
        .string(number % 4 == 3 ? "" : "c\(number)x9y8@notification.mirakl.net")
      ),
      ("delivery_date", delivery),
      ("fulfillment", ["center": ["code": "DEFAULT"]]), ("fully_refunded", false),
      ("has_customer_message", false), ("has_incident", false), ("has_invoice", false),
      ("last_updated_date", when), ("leadtime_to_ship", 2),
      ("order_additional_fields", additionalFields), ("order_id", .string(orderID)),
      ("order_lines", .array(lines.map { line($0, when, shipping) })),
      ("order_state", "WAITING_ACCEPTANCE"), ("order_state_reason_code", .null),
      ("order_state_reason_label", .null), ("order_tax_mode", "TAX_EXCLUDED"),
      ("paymentType", .null), ("payment_type", .null),
      ("payment_workflow", "PAY_ON_ACCEPTANCE"), ("price", money(price)),
      ("promotions", ["applied_promotions": [], "total_deduced_amount": 0]), ("quote_id", .null),
      ("shipping_carrier_code", .null), ("shipping_company", .null),
      ("shipping_deadline", .string(deadline)), ("shipping_price", money(shipping)),
      ("shipping_tracking", .null), ("shipping_tracking_url", .null),
      ("shipping_type_code", kind == .express ? "E" : "STD"),
      ("shipping_type_label", kind == .express ? "Express" : "Standard"),
      ("shipping_zone_code", "CA"), ("shipping_zone_label", "Canada"),
      ("total_commission", money(commission)), ("total_price", money(price + shipping)),
    ]
    // Null and absent mean the same and both occur.
    if number % 2 == 0 {
      members.append(("transaction_date", .null))
      members.append(("transaction_number", .null))
      members.append(("shipping_pudo_id", .null))
      members.append(("references", .null))
    }
    if kind == .extraFields {
      members.append(("loyalty", ["tier": "GOLD", "points": 1200, "since": .null]))
      members.append(("gift_wrap_options", [["code": "RIBBON", "price": .decimal("0.00")]]))
    }
    return .object(members)
  }

  private struct Line {
    let index: Int
    let item: SandboxCatalogue.Item
    let quantity: Int
    var cents: Int { item.cents * quantity }
  }

  private func makeLines() -> [Line] {
    let items = SandboxCatalogue.items
    let count = kind == .multiLine ? 2 + pick("lines", 3) : 1
    return (0..<count).map { index in
      let item = items[(pick("item", items.count) + index * 5) % items.count]
      let quantity = kind == .quantities ? 2 + pick("quantity\(index)", 4) : 1
      return Line(index: index, item: item, quantity: quantity)
    }
  }

  private func line(_ line: Line, _ when: JSON, _ shipping: Int) -> JSON {
    let sku = kind == .unknownSku && line.index == 0 ? "NO-SUCH-SKU-\(number)" : line.item.sku
    let shipping = line.index == 0 ? shipping : 0
    let taxAmount = line.cents * 13 / 100
    return [
      "can_refund": false, "cancelations": [], "category_code": .string(line.item.categoryCode),
      "category_label": .string(line.item.categoryLabel),
      "commission_fee": money(line.cents * 8 / 100), "commission_rate_vat": .decimal("0.0000"),
      "commission_taxes": [["amount": .decimal("0.00"), "code": "TAXDEFAULT", "rate": 0]],
      "commission_vat": .decimal("0.00"), "created_date": when, "debited_date": .null,
      "description": .null, "last_updated_date": when,
      "offer_id": .int(Int64(900_001 + pick("offer\(line.index)", 5000))),
      "offer_sku": .string(sku), "offer_state_code": "11", "order_line_additional_fields": [],
      "order_line_id": .string("\(orderID)-\(line.index + 1)"),
      "order_line_index": .int(Int64(line.index + 1)),
      "order_line_state": "WAITING_ACCEPTANCE", "order_line_state_reason_code": .null,
      "order_line_state_reason_label": .null, "price": money(line.cents),
      "price_additional_info": .null, "price_unit": money(line.item.cents),
      "product_medias": [
        ["media_url": "/media/product/image/sample", "mime_type": "JPG", "type": "SMALL"]
      ],
      "product_sku": .string("M000\(1_000_000 + pick("product\(line.index)", 900_000))"),
      "product_title": .string(line.item.title), "promotions": [],
      "quantity": .int(Int64(line.quantity)), "received_date": .null, "refunds": [],
      "shipped_date": .null, "shipping_price": money(shipping), "shipping_taxes": [],
      "taxes": [
        [
          "amount": money(taxAmount), "code": "HST-EX",
          "tax_calculation_rule": "PROPORTIONAL_TO_AMOUNT",
        ]
      ],
      "total_commission": money(line.cents * 8 / 100),
      "total_price": money(line.cents + shipping),
    ]
  }

  private func makeCustomer(_ customer: InventedCustomer) -> JSON {
    let id = kind == .emailCustomer ? "buyer\(number)@example.com" : "c-\(4400 + number)"
    var members: [(String, JSON)] = [
      ("billing_address", customer.address(isShipping: false)), ("customer_id", .string(id)),
      ("firstname", .string(customer.first)), ("lastname", .string(customer.last)),
      ("locale", .string(customer.locale)),
      ("shipping_address", customer.address(isShipping: true)),
    ]
    if number % 3 == 1 { members.append(("civility", .null)) }
    return .object(members)
  }

  private var additionalFields: JSON {
    guard kind == .extraFields else { return [] }
    return [
      ["code": "gift", "type": "BOOLEAN", "value": "true"],
      ["code": "tags", "type": "MULTIPLE_VALUES_LIST", "value": ["blue", "été"]],
    ]
  }

  private var delivery: JSON {
    [
      "earliest": .string((now + .seconds(3 * 86_400)).wholeMilliseconds),
      "latest": .string((now + .seconds(6 * 86_400)).wholeMilliseconds),
    ]
  }

  /// Local midnight minus a millisecond, three days on.
  private var deadline: String {
    let day = (now.microseconds / 86_400_000_000 + 3) * 86_400_000_000
    return Timestamp(microseconds: day + 5 * 3_600_000_000 - 1000).iso8601
  }

  private func wholeSeconds(_ time: Timestamp) -> String {
    Timestamp(microseconds: time.microseconds / 1_000_000 * 1_000_000).iso8601
  }

  /// Money as the marketplace writes it: two decimals, now and then four.
  private func money(_ cents: Int) -> JSON {
    let rest = cents % 100
    let text = "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    return .decimal(number % 6 == 5 ? text + "00" : text)
  }
}

extension Timestamp {
  fileprivate var wholeMilliseconds: String {
    Timestamp(microseconds: microseconds / 1000 * 1000).iso8601
  }
}
