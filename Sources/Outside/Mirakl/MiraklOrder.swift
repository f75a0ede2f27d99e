public import Kit

/// An order of OR11, read leniently: everything may be missing, unknown things are ignored, and
/// `raw` is what came, to the byte.
public struct MiraklOrder: Sendable {
  public var value: JSONValue
  public var orderID: String?
  public var state: String?
  public var created: Timestamp?
  public var lastUpdated: Timestamp?
  public var shippingDeadline: Timestamp?
  public var currency: String?
  /// Decimal text.
  public var totalPrice: String?
  public var shippingTypeCode: String?
  public var trackingNumber: String?
  public var lines: [MiraklOrderLine]
  public var shippingAddress: MiraklAddress?
  /// Mandatory fields that are missing or of a wrong type.
  public var problems: [FieldProblem]

  public init(_ value: JSONValue) {
    self.value = value
    orderID = value["order_id"]?.text
    state = value["order_state"]?.text
    created = value["created_date"]?.timestamp
    lastUpdated = value["last_updated_date"]?.timestamp
    shippingDeadline = value["shipping_deadline"]?.timestamp
    currency = value["currency_iso_code"]?.string
    totalPrice = value["total_price"]?.decimal
    shippingTypeCode = value["shipping_type_code"]?.text
    let number = value["shipping_tracking"]?.text
    trackingNumber = number?.isEmpty == false ? number : nil
    lines = (value["order_lines"]?.elements ?? []).map(MiraklOrderLine.init)
    shippingAddress = (value["customer"]?["shipping_address"]).flatMap(MiraklAddress.init)
    problems = MiraklOrder.problems(of: value, lines)
  }

  public var raw: [UInt8] { Array(value.rawBytes) }

  /// What we cannot do without: an id, a state, and lines that can be accepted.
  private static func problems(
    of value: JSONValue, _ lines: [MiraklOrderLine]
  ) -> [FieldProblem] {
    var problems: [FieldProblem] = []
    func need(_ field: String, _ isThere: Bool) {
      guard !isThere else { return }
      let isMissing = value[field].map(\.isNull) ?? true
      problems.append(FieldProblem(field: field, problem: isMissing ? "missing" : "of a wrong type"))
    }
    need("order_id", value["order_id"]?.text?.isEmpty == false)
    need("order_state", value["order_state"]?.string?.isEmpty == false)
    need("order_lines", value["order_lines"]?.kind == .array && !lines.isEmpty)
    for (i, line) in lines.enumerated() {
      if line.id?.isEmpty ?? true {
        problems.append(FieldProblem(field: "order_lines[\(i)].order_line_id", problem: "missing"))
      }
      if line.sku?.isEmpty ?? true {
        problems.append(FieldProblem(field: "order_lines[\(i)].offer_sku", problem: "missing"))
      }
      if line.quantity.map({ $0 < 1 }) ?? true {
        problems.append(FieldProblem(field: "order_lines[\(i)].quantity", problem: "missing or not positive"))
      }
    }
    return problems
  }
}

public struct MiraklOrderLine: Sendable {
  public var value: JSONValue
  public var id: String?
  public var index: Int?
  /// The seller's own SKU.
  public var sku: String?
  public var quantity: Int?
  public var title: String?
  public var unitPrice: String?
  public var state: String?

  init(_ value: JSONValue) {
    self.value = value
    id = value["order_line_id"]?.text
    index = value["order_line_index"]?.int.flatMap { Int(exactly: $0) }
    sku = value["offer_sku"]?.text
    quantity = value["quantity"]?.int.flatMap { Int(exactly: $0) }
    title = value["product_title"]?.string
    unitPrice = value["price_unit"]?.decimal
    state = value["order_line_state"]?.text
  }

  public var raw: [UInt8] { Array(value.rawBytes) }
}

/// A shipping address; `nil` before the order reaches SHIPPING.
public struct MiraklAddress: Sendable {
  public var firstName: String?
  public var lastName: String?
  public var company: String?
  public var additionalInfo: String?
  public var street1: String?
  public var street2: String?
  public var city: String?
  public var state: String?
  public var zipCode: String?
  /// A label for people.
  public var country: String?
  /// Alpha-3, or alpha-2, or absent in old data.
  public var countryISOCode: String?
  public var phone: String?
  public var phoneSecondary: String?

  init?(_ value: JSONValue) {
    guard value.kind == .object else { return nil }
    func text(_ key: String) -> String? {
      value[key]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }
    firstName = text("firstname")
    lastName = text("lastname")
    company = text("company")
    additionalInfo = text("additional_info")
    street1 = text("street_1")
    street2 = text("street_2")
    city = text("city")
    state = text("state")
    zipCode = text("zip_code")
    country = text("country")
    countryISOCode = text("country_iso_code")
    phone = text("phone")
    phoneSecondary = text("phone_secondary")
    // An address object without a street and a city is none.
    if street1 == nil, city == nil { return nil }
  }
}
