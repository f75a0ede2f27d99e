import Kit

extension MarketOrder {
  private static let null = Array("null".utf8)
  private static let yes = Array("true".utf8)
  private static let no = Array("false".utf8)

  /// Appends the order as OR11 shows it now.
  func write(to out: inout [UInt8], stateShown: String? = nil) {
    let template = brokenTemplate ?? template
    var start = 0
    for cut in template.cuts {
      out.append(contentsOf: template.fixed[start..<cut.end])
      start = cut.end
      fill(cut, template, stateShown, &out)
    }
    out.append(contentsOf: template.fixed[start...])
  }

  private func fill(
    _ cut: OrderTemplate.Cut, _ template: OrderTemplate, _ stateShown: String?,
    _ out: inout [UInt8]
  ) {
    switch cut.gap {
    case .state: Self.quote(stateShown ?? strangeState ?? state.rawValue, &out)
    case .reasonCode, .reasonLabel: out.append(contentsOf: Self.null)
    case .canCancel: out.append(contentsOf: state.canCancel ? Self.yes : Self.no)
    case .canShip: out.append(contentsOf: state == .shipping ? Self.yes : Self.no)
    case .lastUpdated, .lineUpdated: Self.seconds(updatedAt, &out)
    case .decisionDate: Self.seconds(decidedAt, &out)
    case .debitedDate: Self.date(debitedAt, &out)
    case .carrierCode: Self.text(tracking?.carrierCode, &out)
    case .carrierStandardCode: Self.text(tracking?.standardCode, &out)
    case .carrierLabel: Self.text(tracking?.carrierLabel, &out)
    case .tracking: Self.text(tracking?.number, &out)
    case .trackingURL: Self.text(tracking?.url, &out)
    case .billingAddress:
      out.append(contentsOf: state.showsAddresses ? template.billingAddress : Self.null)
    case .shippingAddress:
      out.append(contentsOf: state.showsAddresses ? template.shippingAddress : Self.null)
    case .lineState:
      let end = isRefused(cut.line) ? "REFUSED" : isCancelled(cut.line) ? "CANCELED" : nil
      Self.quote(end ?? stateShown ?? strangeState ?? state.rawValue, &out)
    case .lineReasonCode: Self.text(isRefused(cut.line) ? "REFUSED" : nil, &out)
    case .lineReasonLabel: Self.text(isRefused(cut.line) ? "Refused by the seller" : nil, &out)
    case .lineDebited: Self.seconds(isRefused(cut.line) ? nil : debitedAt, &out)
    case .lineShipped: Self.seconds(isRefused(cut.line) ? nil : shippedAt, &out)
    case .lineCanRefund:
      out.append(contentsOf: shippedAt != nil && !isRefused(cut.line) ? Self.yes : Self.no)
    }
  }

  private func isRefused(_ line: Int) -> Bool {
    line < lines.count && lines[line].accepted == false
  }

  private func isCancelled(_ line: Int) -> Bool {
    line < lines.count && lines[line].isCancelled
  }

  /// A date without a fraction, as most of an order's dates are.
  private static func seconds(_ time: Timestamp?, _ out: inout [UInt8]) {
    guard let time else { return out.append(contentsOf: null) }
    let whole = time.microseconds - time.microseconds % 1_000_000
    quote(Timestamp(microseconds: whole).iso8601, &out)
  }

  /// A date with three digits, dropped when they are zero.
  private static func date(_ time: Timestamp?, _ out: inout [UInt8]) {
    guard let time else { return out.append(contentsOf: null) }
    quote(Timestamp(microseconds: time.microseconds - time.microseconds % 1000).iso8601, &out)
  }

  /// A text that needs no escaping: states and dates.
  private static func quote(_ text: String, _ out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    out.append(contentsOf: text.utf8)
    out.append(UInt8(ascii: "\""))
  }

  private static func text(_ text: String?, _ out: inout [UInt8]) {
    guard let text else { return out.append(contentsOf: null) }
    out.append(contentsOf: JSON.string(text).bytes)
  }
}
