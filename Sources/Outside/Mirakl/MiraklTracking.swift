import Kit

/// The two legal forms of OR23.
public enum MiraklTracking: Sendable, Equatable {
  /// A carrier of the marketplace's own list (SH21): it fills in the address template itself.
  case registered(carrierCode: String, trackingNumber: String)
  /// Any other carrier, with the full address where the parcel can be followed.
  case unregistered(carrierName: String, carrierURL: String, trackingNumber: String)

  /// The body of OR23: flat, only what is given.
  package var body: [UInt8] {
    let json: JSON =
      switch self {
      case .registered(let code, let number):
        ["carrier_code": .string(code), "tracking_number": .string(number)]
      case .unregistered(let name, let url, let number):
        [
          "carrier_name": .string(name), "carrier_url": .string(url),
          "tracking_number": .string(number),
        ]
      }
    return json.bytes
  }
}

/// The body of OR21.
package enum MiraklAcceptance {
  package static func body(_ lines: [(lineID: String, accepted: Bool)]) -> [UInt8] {
    let decisions = lines.map { line in
      ["id": .string(line.lineID), "accepted": .bool(line.accepted)] as JSON
    }
    return JSON.object([("order_lines", .array(decisions))]).bytes
  }
}
