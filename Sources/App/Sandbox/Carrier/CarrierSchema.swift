/// The carrier's request schemas as tables: contract shipment v8, non-contract v4, manifest
/// v8, the refund requests. Children come in any order, as in the schemas.
enum CarrierSchema {
  static let shipment = SchemaRule.all([
    .may("customer-request-id", .text(0...35)),
    .must("group-id", .text(1...32), group: groupOrTransmit),
    .must("transmit-shipment", .fixedTrue, group: groupOrTransmit),
    .may("quickship-label-requested", .boolean), .may("cpc-pickup-indicator", .fixedTrue),
    .may("requested-shipping-point", .postalCode), .may("shipping-point-id", .text(0...4)),
    .may("expected-mailing-date", .date), .may("provide-pricing-info", .fixedTrue),
    .may("provide-receipt-info", .fixedTrue), .must("delivery-spec", delivery),
    .may("return-spec", returns), .may("pre-authorized-payment", preAuthorized),
    .may("create-public-key", .oneOf(["true", "false"])),
    .may("create-qr-code", .oneOf(["true", "false", ""])),
  ])

  static let nonContractShipment = SchemaRule.all([
    .may("requested-shipping-point", .postalCode), .must("delivery-spec", nonContractDelivery),
    .may("create-public-key", .oneOf(["true", "false"])),
    .may("create-qr-code", .oneOf(["true", "false", ""])),
  ])

  static let transmitSet = SchemaRule.all([
    .may("customer-request-id", .text(0...35)),
    .must("group-ids", .list(.must("group-id", .text(1...32)), 1...9999)),
    .may("cpc-pickup-indicator", .fixedTrue), .may("requested-shipping-point", .postalCode),
    .may("shipping-point-id", .text(0...4)), .must("detailed-manifests", .boolean),
    .must("method-of-payment", .text(0...15)),
    .must(
      "manifest-address",
      .all([
        .must("manifest-company", .text(1...44)), .may("manifest-name", .text(1...44)),
        .must("phone-number", .text(0...25)),
        .must(
          "address-details",
          .all([
            .must("address-line-1", .text(1...44)), .may("address-line-2", .text(0...44)),
            .must("city", .text(1...40)), .must("prov-state", .text(1...2)),
            .may("country-code", .oneOf(["CA", "US"])), .must("postal-zip-code", .postalOrZip),
          ])),
      ])),
    .may("customer-reference", .text(0...12)),
    .may("excluded-shipments", .list(.must("shipment-id", .text(0...32)), 1...9999)),
  ])

  static let refund = SchemaRule.all([.must("email", .email(2...63))])
  static let nonContractRefund = SchemaRule.all([.must("email", .email(2...5))])

  private static let groupOrTransmit = "groupIdOrTransmitShipment"

  private static let delivery = SchemaRule.all([
    .must("service-code", .text(1...32)),
    .must(
      "sender",
      .all([
        .may("name", .text(0...44)), .must("company", .text(0...44)),
        .must("contact-phone", .text(0...25)),
        .must(
          "address-details",
          .all([
            .must("address-line-1", .text(1...44)), .may("address-line-2", .text(0...44)),
            .must("city", .text(1...40)), .must("prov-state", .text(1...20)),
            .must("country-code", .country), .may("postal-zip-code", .text(1...14)),
          ])),
      ])),
    .must("destination", destination(lineOneIsMandatory: false)),
    .may("options", options),
    .must(
      "parcel-characteristics",
      .all([
        .must("weight", weight), .may("dimensions", dimensions), .may("unpackaged", .boolean),
        .may("mailing-tube", .boolean), .may("oversized", .boolean),
      ])),
    .may("notification", notification(2...63)),
    .may(
      "print-preferences",
      .all([
        .may("output-format", .oneOf(["8.5x11", "4x6"])), .may("encoding", .oneOf(["PDF", "ZPL"])),
      ])),
    .must("preferences", preferences), .may("references", references),
    .may("customs", customs(mostConversion: 9_999_999_999, hasIOSS: true)),
    .must(
      "settlement-info",
      .all([
        .may("paid-by-customer", .digits(1...10)), .may("contract-id", .digits(1...10)),
        .may("cif-shipment", .fixedTrue), .must("intended-method-of-payment", .text(0...15)),
        .may("promo-code", .text(0...10)),
      ])),
  ])

  private static let nonContractDelivery = SchemaRule.all([
    .must("service-code", .text(1...32)),
    .must(
      "sender",
      .all([
        .may("name", .text(0...44)), .must("company", .text(0...44)),
        .must("contact-phone", .text(0...25)), .must("address-details", domestic),
      ])),
    .must("destination", destination(lineOneIsMandatory: true)),
    .may("options", options),
    .must(
      "parcel-characteristics",
      .all([
        .must("weight", weight), .may("dimensions", dimensions), .may("document", .boolean),
        .may("unpackaged", .boolean), .may("mailing-tube", .boolean),
      ])),
    .may("notification", notification(2...5)),
    .must("preferences", preferences), .may("references", references),
    .may("customs", customs(mostConversion: 999_999_999, hasIOSS: false)),
    .may("settlement-info", .all([.may("promo-code", .text(0...10))])),
  ])

  private static let domestic = SchemaRule.all([
    .must("address-line-1", .text(1...44)), .may("address-line-2", .text(0...44)),
    .must("city", .text(1...40)), .must("prov-state", .text(1...2)),
    .must("postal-zip-code", .postalCode),
  ])

  private static func destination(lineOneIsMandatory: Bool) -> SchemaRule {
    let line = SchemaRule.text(1...44)
    return .all([
      .may("name", .text(0...44)), .may("company", .text(0...44)),
      .may("additional-address-info", .text(0...44)), .may("client-voice-number", .text(0...25)),
      .must(
        "address-details",
        .all([
          lineOneIsMandatory ? .must("address-line-1", line) : .may("address-line-1", line),
          .may("address-line-2", .text(0...44)), .may("city", .text(1...40)),
          .may("prov-state", .text(1...20)), .must("country-code", .country),
          .may("postal-zip-code", .text(1...14)),
        ])),
    ])
  }

  private static let options = SchemaRule.list(
    .must(
      "option",
      .all([
        .must("option-code", .text(1...10)),
        .may("option-amount", .decimal(most: 99_999_999, fraction: 2)),
        .may("option-qualifier-1", .boolean), .may("option-qualifier-2", .text(0...12)),
      ])), 1...20)

  private static let weight = SchemaRule.decimal(most: 999_999, fraction: 3)
  private static let length = SchemaRule.decimal(most: 9999, fraction: 1)
  private static let dimensions = SchemaRule.all([
    .must("length", length), .must("width", length), .must("height", length),
  ])

  private static func notification(_ lastLabel: ClosedRange<Int>) -> SchemaRule {
    .all([
      .must("email", .email(lastLabel)), .must("on-shipment", .boolean),
      .must("on-exception", .boolean), .must("on-delivery", .boolean),
    ])
  }

  private static let preferences = SchemaRule.all([
    .must("show-packing-instructions", .boolean), .may("show-postage-rate", .boolean),
    .may("show-insured-value", .boolean),
  ])

  private static let references = SchemaRule.all([
    .may("cost-centre", .text(0...30)), .may("customer-ref-1", .text(0...35)),
    .may("customer-ref-2", .text(0...35)),
  ])

  private static func customs(mostConversion: Int, hasIOSS: Bool) -> SchemaRule {
    let item = SchemaRule.all([
      .must("customs-number-of-units", .integer(1...9999)),
      .must("customs-description", .text(1...45)), .may("sku", .text(0...15)),
      .may("hs-tariff-code", .tariff),
      .must("unit-weight", .decimal(most: 99_999, fraction: 3)),
      .must("customs-value-per-unit", .decimal(most: 9_999_999, fraction: 2)),
      .may("customs-unit-of-measure", .text(3...3)), .may("country-of-origin", .country),
      .may("province-of-origin", .text(1...2)),
    ])
    var children: [SchemaChild] = [
      .must("currency", .text(1...3)),
      .may("conversion-from-cad", .decimal(most: mostConversion, fraction: 6)),
      .must("reason-for-export", .text(1...3)), .may("other-reason", .text(0...44)),
      .must("sku-list", .list(.must("item", item), 1...500)),
      .may("duties-and-taxes-prepaid", .decimal(most: 9_999_999, fraction: 2)),
      .may("certificate-number", .text(0...10)), .may("licence-number", .text(0...10)),
      .may("invoice-number", .text(0...10)),
    ]
    if hasIOSS { children.append(.may("ioss-id", .text(0...13))) }
    return .all(children)
  }

  private static let returns = SchemaRule.all([
    .must("service-code", .text(1...32)),
    .must(
      "return-recipient",
      .all([
        .may("name", .text(0...44)), .may("company", .text(0...44)),
        .must("address-details", domestic),
      ])),
    .may("return-notification", .email(2...63)),
  ])

  private static let preAuthorized = SchemaRule.all([
    .must("account-number", .text(1...16)), .must("auth-code", .text(1...16)),
    .must("auth-timestamp", .dateTime),
    .must("charge-amount", .decimal(most: 999_999_999, fraction: 2)),
  ])
}
