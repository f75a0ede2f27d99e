public import Kit
import XML

/// One hit of a search: the answer holds links, or the shipments themselves.
public enum FoundShipment: Sendable, Equatable {
  case link(String)
  case info(ShipmentInfo)

  /// Where it can be read again.
  public var href: String? {
    switch self {
    case .link(let href): href
    case .info(let info): info.link("self")?.href
    }
  }

  /// No hit is ever lost: a list that cannot be read whole is an error, not an empty list, since
  /// "nothing was bought" is what permits another purchase.
  /// - Throws: `OutsideError` (transient).
  package static func list(from body: [UInt8]) throws(OutsideError) -> [FoundShipment] {
    let root = try CanadaPostErrors.xml(body, .read)
    guard root.localName == "shipments" || root.localName == "non-contract-shipments" else {
      throw CanadaPostErrors.unreadable("'\(root.localName)' instead of shipments", .read)
    }
    var found: [FoundShipment] = []
    for child in root.children {
      switch child.localName {
      case "link":
        guard let link = CarrierLink(child) else {
          throw CanadaPostErrors.unreadable("a link to a shipment without address", .read)
        }
        found.append(.link(link.href))
      case let name where name.hasSuffix("shipment-info"):
        found.append(.info(try ShipmentInfo(child, .read)))
      case let name:
        throw CanadaPostErrors.unreadable("'\(name)' among shipments", .read)
      }
    }
    return found
  }
}

/// What to look for among the shipments of an account.
public enum ShipmentSearch: Sendable, Equatable {
  /// With a contract: all labels bought under our key, 0, 1 or (an alarm) more.
  case requestID(String)
  /// With a contract: created and not yet transmitted.
  case group(String)
  /// With a contract: all of a manifest.
  case manifest(String)
  /// With a contract: transmitted at their creation on a day, `YYYYMMDD`.
  case transmittedOn(String)
  case trackingPIN(String)
  /// Without contract: by minutes of creation.
  case window(from: Timestamp, to: Timestamp)
}
