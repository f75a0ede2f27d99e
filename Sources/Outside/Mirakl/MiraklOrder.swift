public import Kit

/// An order of OR11, read leniently: everything may be missing, null or of another type, unknown
/// things are ignored, and `raw` is what came, to the byte.
public struct MiraklOrder: Sendable {
  public var value: JSONValue
  public var orderID: String?
  /// The shopper's order, which may be split over shops.
  public var commercialID: String?
  /// One of eleven, spelled as the marketplace does (CANCELED, one L), or something newer.
  public var state: String?
  public var created: Timestamp?
  public var lastUpdated: Timestamp?
  /// When to ship by.
  public var shippingDeadline: Timestamp?
  public var acceptanceDecided: Timestamp?
  public var currency: String?
  /// Decimal text; without tax where the order's tax mode is TAX_EXCLUDED.
  public var totalPrice: String?
  /// `E` is express at Best Buy Canada.
  public var shippingTypeCode: String?
  public var carrierCode: String?
  public var trackingNumber: String?
  public var canCancel: Bool?
  public var canShopShip: Bool?
  public var customer: MiraklCustomer?
  /// `nil` before the order reaches SHIPPING, and again when it is off.
  public var shippingAddress: MiraklAddress?
  public var lines: [MiraklOrderLine]
  /// Mandatory members that are missing or of a wrong type.
  public var problems: [FieldProblem]

  public init(_ value: JSONValue) {
    self.value = value
    orderID = value["order_id"]?.text
    commercialID = value["commercial_id"]?.text
    state = value["order_state"]?.text
    created = value["created_date"]?.timestamp
    lastUpdated = value["last_updated_date"]?.timestamp
    shippingDeadline = value["shipping_deadline"]?.timestamp
    acceptanceDecided = value["acceptance_decision_date"]?.timestamp
    currency = value["currency_iso_code"]?.string
    totalPrice = value["total_price"]?.decimal
    shippingTypeCode = value["shipping_type_code"]?.text
    carrierCode = value["shipping_carrier_code"]?.filledText
    trackingNumber = value["shipping_tracking"]?.filledText
    canCancel = value["can_cancel"]?.bool
    canShopShip = value["can_shop_ship"]?.bool
    let person = value["customer"]
    customer = person.flatMap(MiraklCustomer.init)
    shippingAddress = Self.address(of: person)
    let list = value["order_lines"]
    lines = (list?.elements ?? []).map(MiraklOrderLine.init)
    problems = []
    problems = findProblems(list)
  }

  /// Of an order, where nothing else of it is asked for.
  public static func shippingAddress(in order: JSONValue) -> MiraklAddress? {
    address(of: order["customer"])
  }

  private static func address(of person: JSONValue?) -> MiraklAddress? {
    person?["shipping_address"].flatMap(MiraklAddress.init)
  }

  /// The untouched source of the order.
  public var raw: [UInt8] { Array(value.rawBytes) }

  /// What we cannot do without: an id, a state, and lines that can be accepted and matched.
  private func findProblems(_ list: JSONValue?) -> [FieldProblem] {
    var problems: [FieldProblem] = []
    func need(_ isThere: Bool, _ field: @autoclosure () -> String, _ found: JSONValue?) {
      guard !isThere else { return }
      let isMissing = found.map { $0.isNull || $0.string == "" } ?? true
      problems.append(
        FieldProblem(field: field(), problem: isMissing ? "missing" : "of a wrong type"))
    }
    guard value.kind == .object else {
      return [FieldProblem(field: "order", problem: "of a wrong type")]
    }
    need(orderID?.isEmpty == false, "order_id", value["order_id"])
    need(value["order_state"]?.string?.isEmpty == false, "order_state", value["order_state"])
    need(list?.kind == .array, "order_lines", list)
    if list?.kind == .array, lines.isEmpty {
      problems.append(FieldProblem(field: "order_lines", problem: "empty"))
    }
    var seen: Set<String> = []
    for (i, line) in lines.enumerated() {
      need(
        line.id?.isEmpty == false, "order_lines[\(i)].order_line_id", line.value["order_line_id"])
      need(line.sku?.isEmpty == false, "order_lines[\(i)].offer_sku", line.value["offer_sku"])
      need(line.quantity != nil, "order_lines[\(i)].quantity", line.value["quantity"])
      if let quantity = line.quantity, quantity < 1 {
        problems.append(
          FieldProblem(field: "order_lines[\(i)].quantity", problem: "\(quantity), not positive"))
      }
      if let id = line.id, !id.isEmpty, !seen.insert(id).inserted {
        problems.append(
          FieldProblem(field: "order_lines[\(i)].order_line_id", problem: "twice: \(id)"))
      }
    }
    return problems
  }
}

extension JSONValue {
  /// Text, where the empty string stands for none as Mirakl writes it.
  var filledText: String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
