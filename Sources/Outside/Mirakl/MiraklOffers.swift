import HTTP
package import Kit

/// One of a shop's offers, as far as its stock is concerned (OF21).
public struct MiraklOffer: Sendable, Equatable {
  /// The seller's own SKU.
  public var shopSKU: String
  public var quantity: Int64

  public init(shopSKU: String, quantity: Int64) {
    self.shopSKU = shopSKU
    self.quantity = quantity
  }
}

/// A page of OF21.
public struct MiraklOfferPage: Sendable, Equatable {
  public static let limitMax = 100

  public var offers: [MiraklOffer]
  public var total: Int

  public init(offers: [MiraklOffer], total: Int) {
    self.offers = offers
    self.total = total
  }

  /// Offers without a SKU or a quantity are left out: nothing could be compared with them.
  /// - Throws: `OutsideError` when the bytes hold no page of offers.
  package init(from body: [UInt8]) throws(OutsideError) {
    let value = try MiraklErrors.json(body)
    guard value["offers"]?.kind == .array, let list = value["offers"]?.elements else {
      throw MiraklErrors.unreadable("no offers")
    }
    offers = list.compactMap { offer in
      guard let sku = offer["shop_sku"]?.text, let quantity = offer["quantity"]?.int else {
        return nil
      }
      return MiraklOffer(shopSKU: sku, quantity: quantity)
    }
    total = value["total_count"]?.int.map { Int($0) } ?? offers.count
  }
}

/// Where a file of quantities stands (STO02).
public struct MiraklStockImport: Sendable, Equatable {
  /// WAITING, RUNNING, COMPLETE, FAILED, or something newer.
  public var status: String
  public var linesInError: Int

  public init(status: String, linesInError: Int = 0) {
    self.status = status
    self.linesInError = linesInError
  }

  package init(from body: [UInt8]) throws(OutsideError) {
    let value = try MiraklErrors.json(body)
    guard let status = value["status"]?.text else { throw MiraklErrors.unreadable("no status") }
    self.status = status
    linesInError = value["lines_in_error"]?.int.map { Int($0) } ?? 0
  }
}

/// The file of STO01: quantities and nothing else, so that no other field of an offer is touched.
package enum MiraklStockFile {
  package static func csv(_ offers: [MiraklOffer]) -> [UInt8] {
    var text = "offer-sku;quantity;warehouse-code;update-delete\r\n"
    for offer in offers {
      text += quoted(offer.shopSKU) + ";\(offer.quantity);;update\r\n"
    }
    return Array(text.utf8)
  }

  /// Always in quotes: a SKU may hold what a CSV gives a meaning to, and must arrive as it is.
  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// `multipart/form-data` with the one field `file`.
  /// - Returns: the body and its content type; `nil` when the file holds the boundary.
  package static func form(
    _ file: [UInt8], boundary: String
  ) -> (body: [UInt8], contentType: String)? {
    guard !String(decoding: file, as: UTF8.self).contains(boundary) else { return nil }
    let head = """
      --\(boundary)\r
      Content-Disposition: form-data; name="file"; filename="stock.csv"\r
      Content-Type: text/csv; charset=utf-8\r
      \r

      """
    return (
      Array(head.utf8) + file + Array("\r\n--\(boundary)--\r\n".utf8),
      "multipart/form-data; boundary=\(boundary)"
    )
  }

  /// - Throws: `OutsideError` when the answer names no import.
  package static func importID(from body: [UInt8]) throws(OutsideError) -> String {
    let value = try MiraklErrors.json(body)
    guard let id = value["import_id"]?.text, !id.isEmpty, id.utf8.count <= 100 else {
      throw OutsideError(
        service: MiraklErrors.service, status: nil, message: "no import_id in the answer",
        classification: .unknownOutcome("no import_id in the answer"))
    }
    return id
  }
}
