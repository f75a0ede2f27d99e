import Kit
import Postgres

/// What became of a push: a file of quantities that the marketplace was sent.
public enum OfferChange: Sendable {
  /// It took the file in.
  case sent(pushID: Int64, importID: String)
  /// What its offers show, by SKU; one that is missing has no such offer. The push is over.
  case seen(pushID: Int64, quantities: [String: Int64])
  /// The push is over, and nobody can say that it worked; the newest quantities go out later.
  case failed(pushID: Int64, why: String)
}

struct WriteOffers: PostgresStatement {
  static let sql = """
    select note_offers($1, $2, $3, $4, $5::text[], $6::bigint[])::text
    """
  let now: Timestamp
  let change: OfferChange

  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    switch change {
    case .sent(let pushID, let importID):
      b.append(pushID)
      b.append(importID)
      b.append(String?.none)
      b.append([String]())
      b.append([Int64]())
    case .seen(let pushID, let quantities):
      let offers = quantities.sorted { $0.key < $1.key }
      b.append(pushID)
      b.append(String?.none)
      b.append(String?.none)
      b.append(offers.map(\.key))
      b.append(offers.map(\.value))
    case .failed(let pushID, let why):
      b.append(pushID)
      b.append(String?.none)
      b.append(Plain.text(why))
      b.append([String]())
      b.append([Int64]())
    }
  }
}
