import Kit

/// One order's JSON, encoded once, with gaps where the living facts go.
///
/// A page of OR11 is spliced from these: fixed bytes are copied, gaps are filled. Members that the
/// order's own JSON has in these places are replaced; members that it lacks are added, so that an
/// order given by a test still moves through its states. Everything else is passed on untouched.
struct OrderTemplate: Sendable {
  /// A fact that changes while the order lives; `line` facts carry the index of their line.
  enum Gap: Sendable {
    case state, reasonCode, reasonLabel, canCancel, canShip, lastUpdated, decisionDate, debitedDate
    case carrierCode, carrierStandardCode, carrierLabel, tracking, trackingURL
    case billingAddress, shippingAddress
    case lineState, lineReasonCode, lineReasonLabel, lineUpdated, lineDebited, lineShipped
    case lineCanRefund
  }

  /// Copy the fixed bytes up to `end`, then fill the gap.
  struct Cut: Sendable {
    let end: Int
    let gap: Gap
    let line: Int
  }

  private(set) var fixed: [UInt8] = []
  private(set) var cuts: [Cut] = []
  private(set) var billingAddress = Array("null".utf8)
  private(set) var shippingAddress = Array("null".utf8)

  private static let orderGaps: [(String, Gap)] = [
    ("order_state", .state), ("order_state_reason_code", .reasonCode),
    ("order_state_reason_label", .reasonLabel), ("can_cancel", .canCancel),
    ("can_shop_ship", .canShip), ("last_updated_date", .lastUpdated),
    ("acceptance_decision_date", .decisionDate), ("customer_debited_date", .debitedDate),
    ("shipping_carrier_code", .carrierCode),
    ("shipping_carrier_standard_code", .carrierStandardCode),
    ("shipping_company", .carrierLabel), ("shipping_tracking", .tracking),
    ("shipping_tracking_url", .trackingURL),
  ]
  private static let lineGaps: [(String, Gap)] = [
    ("order_line_state", .lineState), ("order_line_state_reason_code", .lineReasonCode),
    ("order_line_state_reason_label", .lineReasonLabel), ("last_updated_date", .lineUpdated),
    ("debited_date", .lineDebited), ("shipped_date", .lineShipped),
    ("can_refund", .lineCanRefund),
  ]
  private static let orderNames = Dictionary(uniqueKeysWithValues: orderGaps)
  private static let lineNames = Dictionary(uniqueKeysWithValues: lineGaps)

  /// Cuts an order in OR11's shape; `leavingOut` names members that are hidden (`order_lines`, or
  /// `order_lines.offer_sku` for a member of the first line).
  init(_ order: JSONValue, leavingOut: String? = nil) {
    var seen: Set<String> = []
    fixed.append(UInt8(ascii: "{"))
    for (key, value) in order.members where key != leavingOut {
      begin(key)
      if let gap = Self.orderNames[key] {
        seen.insert(key)
        cut(gap)
      } else if key == "customer", value.kind == .object {
        addCustomer(value)
      } else if key == "order_lines", value.kind == .array {
        addLines(value.elements, leavingOut: leavingOut)
      } else {
        fixed.append(contentsOf: value.rawBytes)
      }
    }
    for (key, gap) in Self.orderGaps where !seen.contains(key) {
      begin(key)
      cut(gap)
    }
    fixed.append(UInt8(ascii: "}"))
  }

  private mutating func addCustomer(_ customer: JSONValue) {
    fixed.append(UInt8(ascii: "{"))
    for (key, value) in customer.members {
      begin(key)
      switch key {
      case "billing_address":
        billingAddress = Array(value.rawBytes)
        cut(.billingAddress)
      case "shipping_address":
        shippingAddress = Array(value.rawBytes)
        cut(.shippingAddress)
      default:
        fixed.append(contentsOf: value.rawBytes)
      }
    }
    fixed.append(UInt8(ascii: "}"))
  }

  private mutating func addLines(_ lines: [JSONValue], leavingOut: String?) {
    fixed.append(UInt8(ascii: "["))
    for (index, line) in lines.enumerated() {
      if index > 0 { fixed.append(UInt8(ascii: ",")) }
      guard line.kind == .object else {
        fixed.append(contentsOf: line.rawBytes)
        continue
      }
      var seen: Set<String> = []
      fixed.append(UInt8(ascii: "{"))
      for (key, value) in line.members {
        if index == 0, let leavingOut, leavingOut == "order_lines." + key { continue }
        begin(key)
        if let gap = Self.lineNames[key] {
          seen.insert(key)
          cut(gap, line: index)
        } else {
          fixed.append(contentsOf: value.rawBytes)
        }
      }
      for (key, gap) in Self.lineGaps where !seen.contains(key) {
        begin(key)
        cut(gap, line: index)
      }
      fixed.append(UInt8(ascii: "}"))
    }
    fixed.append(UInt8(ascii: "]"))
  }

  /// Comma where one is due, then the quoted key and a colon.
  private mutating func begin(_ key: String) {
    if fixed.last != UInt8(ascii: "{") { fixed.append(UInt8(ascii: ",")) }
    fixed.append(contentsOf: JSON.string(key).bytes)
    fixed.append(UInt8(ascii: ":"))
  }

  private mutating func cut(_ gap: Gap, line: Int = 0) {
    cuts.append(Cut(end: fixed.count, gap: gap, line: line))
  }
}
