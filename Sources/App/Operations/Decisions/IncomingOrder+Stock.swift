import Kit
import Orders
import Stock

extension IncomingOrder {
  /// Its lines as the stock sees them: those that tell their id, SKU and units; a line that comes
  /// twice counts once, as it is stored.
  func soldLines(_ listings: [String: Listing]) -> [SoldLine] {
    var seen: Set<String> = []
    return lines.compactMap { line in
      guard let sku = line.sku, let units = line.quantity, (0...Int(Int32.max)).contains(units),
        seen.insert(line.id).inserted
      else { return nil }
      return SoldLine(
        id: line.id, sku: sku, units: units, unitPrice: Amount.rounded(line.unitPrice),
        listing: listings[sku])
    }
  }
}
