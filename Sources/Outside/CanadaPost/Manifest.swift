package import Kit
import XML

/// What was handed over and billed together.
public struct Manifest: Sendable, Equatable {
  /// `nil` for the carrier's `EMPTY`.
  public var poNumber: String?
  public var links: [CarrierLink]

  public func link(_ rel: String) -> CarrierLink? { links.first { $0.rel == rel } }

  /// - Throws: `OutsideError` (transient) when it is no manifest.
  package static func decode(_ body: [UInt8]) throws(OutsideError) -> Manifest {
    let root = try CanadaPostErrors.xml(body, .read)
    guard root.localName == "manifest" else {
      throw CanadaPostErrors.unreadable("'\(root.localName)' instead of a manifest", .read)
    }
    let number = root.text(of: "po-number")
    return Manifest(
      poNumber: number == "EMPTY" ? nil : number,
      links: (root.first("links")?.children ?? []).compactMap(CarrierLink.init))
  }

  /// The addresses of a list of manifests.
  package static func list(
    from body: [UInt8], _ call: CanadaPostErrors.Call
  ) throws(OutsideError) -> [String] {
    let root = try CanadaPostErrors.xml(body, call)
    guard root.localName == "manifests" else {
      throw CanadaPostErrors.unreadable("'\(root.localName)' instead of manifests", call)
    }
    return root.all("link").compactMap { CarrierLink($0)?.href }
  }
}

/// A manifest is made after the transmission, about 350 ms a shipment.
public enum ManifestState: Sendable, Equatable {
  case ready(Manifest)
  case notReady(retryAfter: Duration?)
}
