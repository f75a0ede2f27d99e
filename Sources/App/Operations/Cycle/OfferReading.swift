import Kit
import Mirakl

/// All of a shop's offers, read page by page.
struct OfferReading: Sendable {
  /// By SKU; `nil` when they could not be read whole.
  var quantities: [String: Int64]?
  var calls: [CallRecord] = []
  var error: OutsideError?

  static func read(_ mirakl: MiraklClient) async -> OfferReading {
    var reading = OfferReading()
    var shown: [String: Int64] = [:]
    var offset = 0
    for _ in 0..<Hands.offerPagesMax {
      let answer = await mirakl.offers(offset)
      reading.calls.append(answer.call)
      switch answer.result {
      case .failure(let error):
        reading.error = error
        return reading
      case .success(let page):
        for offer in page.offers { shown[offer.shopSKU] = offer.quantity }
        offset += MiraklOfferPage.limitMax
        if page.offers.isEmpty || offset >= page.total {
          reading.quantities = shown
          return reading
        }
      }
    }
    return reading
  }
}
