package import Kit

/// A carrier that the marketplace knows (SH21).
public struct MiraklCarrier: Sendable, Equatable {
  /// The operator's own code; Canada Post is `CPCL` at Best Buy Canada.
  public var code: String
  public var label: String
  /// An address with the literal `{trackingId}` in it.
  public var trackingURL: String?

  /// - Throws: `OutsideError` when the bytes hold no list of carriers.
  package static func list(from body: [UInt8]) throws(OutsideError) -> [MiraklCarrier] {
    let value = try MiraklErrors.json(body)
    guard let list = value["carriers"], list.kind == .array else {
      throw MiraklErrors.unreadable("no list of carriers")
    }
    return list.elements.compactMap { carrier in
      guard let code = carrier["code"]?.text, !code.isEmpty else { return nil }
      return MiraklCarrier(
        code: code, label: carrier["label"]?.text ?? code,
        trackingURL: carrier["tracking_url"]?.string)
    }
  }
}
