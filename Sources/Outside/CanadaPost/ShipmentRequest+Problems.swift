public import Kit

extension ShipmentRequest {
  /// Everything that the carrier's schema or its back end would refuse, found before any money is
  /// spent. Fields carry the carrier's names (contract, sections 2 and 3).
  public func problems(for kind: CanadaPostAccount.Kind) -> [FieldProblem] {
    var check = FieldCheck()
    check.text("customer-request-id", requestID, 1...35)
    if let groupID { check.text("group-id", groupID, 1...32) }
    check.text("service-code", serviceCode, 1...32)
    check.text("sender.company", sender.company, 1...44)
    check.text("sender.name", sender.name, 0...44)
    check.text("sender.contact-phone", sender.phone ?? "", 1...25)
    address("sender", sender, &check)
    check.text("destination.name", destination.name, 0...44)
    check.text("destination.company", destination.company, 0...44)
    if destination.name.isEmpty, destination.company.isEmpty {
      check.add("destination.name", "missing")
    }
    check.text("destination.additional-address-info", destination.additional ?? "", 0...44)
    check.text("destination.client-voice-number", destination.phone ?? "", 0...25)
    address("destination", destination, &check)
    if destination.country != "CA" {
      check.add("destination.country-code", "only Canada is served; it is \(destination.country)")
    }
    check.number("parcel-characteristics.weight", parcel.weightGrams, 1...30_000, "grams")
    for (field, size) in [
      ("length", parcel.lengthMM), ("width", parcel.widthMM), ("height", parcel.heightMM),
    ] {
      check.number("parcel-characteristics.dimensions.\(field)", size, 1...2_000, "millimetres")
    }
    check.text("references.customer-ref-1", customerRef1, 0...35)
    if case .contract(let contractID, let method) = kind {
      check.text("settlement-info.contract-id", contractID, 1...10)
      if !contractID.allSatisfy({ $0.isASCII && $0.isNumber }) {
        check.add("settlement-info.contract-id", "digits only")
      }
      check.text("settlement-info.intended-method-of-payment", method, 1...15)
    }
    return check.problems
  }

  private func address(_ whose: String, _ address: Address, _ check: inout FieldCheck) {
    check.text("\(whose).address-line-1", address.line1, 1...44)
    check.text("\(whose).address-line-2", address.line2 ?? "", 0...44)
    check.text("\(whose).city", address.city, 1...40)
    if address.country == "CA" {
      if !Province.codes.contains(address.province) {
        check.add(
          "\(whose).prov-state",
          address.province.isEmpty ? "missing" : "'\(address.province)' is no Canadian province")
      }
      if !Self.isPostalCode(address.postalCode) {
        check.add(
          "\(whose).postal-zip-code",
          address.postalCode.isEmpty ? "missing" : "'\(address.postalCode)' is no Canadian postal code")
      }
    }
  }

  /// Letter digit letter digit letter digit.
  static func isPostalCode(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 6 else { return false }
    return bytes.enumerated().allSatisfy { i, byte in
      i % 2 == 0 ? (65...90).contains(byte) : (48...57).contains(byte)
    }
  }
}

struct FieldCheck {
  private(set) var problems: [FieldProblem] = []

  mutating func add(_ field: String, _ problem: String) {
    problems.append(FieldProblem(field: field, problem: problem))
  }

  /// Lengths count characters as the schema does: Unicode scalars.
  mutating func text(_ field: String, _ value: String, _ range: ClosedRange<Int>) {
    let count = value.unicodeScalars.count
    if count < range.lowerBound {
      add(field, "missing")
    } else if count > range.upperBound {
      add(field, "\(count) characters, the carrier takes \(range.upperBound)")
    }
  }

  mutating func number(_ field: String, _ value: Int, _ range: ClosedRange<Int>, _ unit: String) {
    guard !range.contains(value) else { return }
    add(field, "\(value) \(unit); expected \(range.lowerBound) to \(range.upperBound)")
  }
}
