public import Kit

extension ShipmentRequest {
  /// What the carrier takes within Canada, besides its schema (contract, section 11).
  static let gramsMax = 30_000
  static let longestSideMM = 2_000
  static let lengthAndGirthMM = 3_000
  static let optionsMax = 20

  /// Everything that the carrier's schema or its back end would refuse, found before any money is
  /// spent. Fields carry the carrier's names (contract, sections 2 and 3).
  public func problems(for kind: CanadaPostAccount.Kind) -> [FieldProblem] {
    var check = FieldCheck()
    check.text("customer-request-id", requestID, 1...35)
    check.text("service-code", serviceCode, 1...32)
    people(&check)
    if let mailingDate, !FieldCheck.isDate(mailingDate) {
      check.add("expected-mailing-date", "'\(mailingDate)' is no date")
    }
    check.text("shipping-point-id", shippingPointID, 0...4)
    optionProblems(&check)
    parcelProblems(&check)
    check.text("references.cost-centre", costCentre, 0...30)
    check.text("references.customer-ref-1", customerRef1, 0...35)
    check.text("references.customer-ref-2", customerRef2, 0...35)
    check.text("settlement-info.promo-code", promoCode, 0...10)
    switch kind {
    case .contract(let contractID, let method):
      check.text("group-id", groupID, (groupID == nil ? 0 : 1)...32)
      check.choice("print-preferences.output-format", outputFormat, ["4x6", "8.5x11"])
      check.choice("print-preferences.encoding", encoding, ["PDF", "ZPL"])
      if encoding == "ZPL", outputFormat != "4x6" {
        check.add("print-preferences.output-format", "ZPL needs 4x6")
      }
      check.digits("settlement-info.contract-id", contractID, 1...10)
      check.text("settlement-info.intended-method-of-payment", method, 1...15)
    case .nonContract:
      if groupID != nil { check.add("group-id", "only with a contract") }
      if encoding != "PDF" { check.add("print-preferences.encoding", "PDF without a contract") }
    }
    if let notification {
      let isContract = kind != .nonContract
      check.email("notification.email", notification.email, lastLabelMax: isContract ? 60 : 5)
    }
    return check.problems
  }

  private func people(_ check: inout FieldCheck) {
    check.text("sender.name", sender.name, 0...44)
    check.text("sender.company", sender.company, 1...44)
    check.text("sender.contact-phone", sender.phone, 1...FieldCheck.phoneMax)
    check.address("sender", sender)
    check.text("destination.name", destination.name, 0...44)
    check.text("destination.company", destination.company, 0...44)
    if destination.name.isEmpty, destination.company.isEmpty {
      check.add("destination.name", "missing")
    }
    check.text("destination.additional-address-info", destination.additional, 0...44)
    check.text("destination.client-voice-number", destination.phone, 0...FieldCheck.phoneMax)
    check.address("destination", destination)
  }

  private func optionProblems(_ check: inout FieldCheck) {
    if options.count > Self.optionsMax {
      check.add("options", "\(options.count) options, the carrier takes \(Self.optionsMax)")
    }
    for option in options {
      check.text("option-code", option.code, 1...10)
      if let amount = option.amount { check.amount("option-amount \(option.code)", amount) }
      check.text("option-qualifier-2 \(option.code)", option.qualifier2, 0...12)
      if option.amount == nil, option.code == "COV" || option.code == "COD" {
        check.add("option-amount \(option.code)", "missing")
      }
      if option.code == "D2PO", option.qualifier2 == nil {
        check.add("option-qualifier-2 D2PO", "missing")
      }
    }
    guard options.count > 1 else { return }
    let codes = Set(options.map(\.code))
    if codes.count < options.count { check.add("options", "an option is there twice") }
    for (a, b) in ShipmentOption.conflicts where codes.contains(a) && codes.contains(b) {
      check.add("options", "\(a) and \(b) exclude each other")
    }
  }

  private func parcelProblems(_ check: inout FieldCheck) {
    check.number("parcel-characteristics.weight", parcel.weightGrams, 1...Self.gramsMax, "grams")
    for (field, size) in [
      ("length", parcel.lengthMM), ("width", parcel.widthMM), ("height", parcel.heightMM),
    ] {
      check.number(
        "parcel-characteristics.dimensions.\(field)", size, 1...Self.longestSideMM, "millimetres")
    }
    let sides = parcel.sides
    guard let longest = sides.first, sides.allSatisfy({ (1...Self.longestSideMM).contains($0) })
    else { return }
    check.number(
      "parcel-characteristics.dimensions", longest + 2 * (sides[1] + sides[2]),
      1...Self.lengthAndGirthMM, "millimetres of length and girth")
  }
}

extension FieldCheck {
  mutating func address(_ whose: String, _ address: Address) {
    text("\(whose).address-line-1", address.line1, 1...44)
    text("\(whose).address-line-2", address.line2, 0...44)
    text("\(whose).city", address.city, 1...40)
    guard address.country == "CA" else {
      add("\(whose).country-code", "only Canada is served; it is '\(address.country)'")
      return
    }
    if !Province.codes.contains(address.province) {
      let isEmpty = address.province.isEmpty
      add(
        "\(whose).prov-state",
        isEmpty ? "missing" : "'\(address.province)' is no Canadian province")
    }
    if !FieldCheck.isPostalCode(address.postalCode) {
      let isEmpty = address.postalCode.isEmpty
      add(
        "\(whose).postal-zip-code",
        isEmpty ? "missing" : "'\(address.postalCode)' is no Canadian postal code")
    }
  }
}
