import Kit

/// A carrier that the marketplace has registered (SH21).
struct MiraklCarrier: Sendable {
  let code: String
  let label: String
  /// The place of the number is marked `{trackingId}`; nil when the carrier has no tracking pages.
  let template: String?

  static let all = [
    MiraklCarrier(
      code: "CPCL", label: "Canada Post",
      template: "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor="
        + "{trackingId}"),
    MiraklCarrier(
      code: "CPAR", label: "Canpar",
      template: "https://www.canpar.com/en/tracking/track.htm?barcode={trackingId}"),
    MiraklCarrier(
      code: "FEDX", label: "FedEx",
      template: "https://www.fedex.com/fedextrack/?trknbr={trackingId}"),
    MiraklCarrier(code: "LTL", label: "Freight", template: nil),
    MiraklCarrier(
      code: "PRLA", label: "Purolator",
      template: "https://www.purolator.com/en/shipping/tracker?pin={trackingId}"),
    MiraklCarrier(
      code: "UPSN", label: "UPS", template: "https://www.ups.com/track?tracknum={trackingId}"),
  ]

  static let byCode = Dictionary(uniqueKeysWithValues: all.map { ($0.code, $0) })

  func url(for number: String) -> String? {
    guard let template, let mark = template.firstIndex(of: "{") else { return nil }
    return template[..<mark] + number
  }

  var json: JSON {
    var members: [(String, JSON)] = [("code", .string(code)), ("label", .string(label))]
    if let template {
      members.append(("standard_code", .string(code)))
      members.append(("tracking_url", .string(template)))
    }
    return .object(members)
  }
}
