import Ledger

/// Names the closed parcels that must not leave the house, on every page of the bench.
struct PullNotice {
  let parcels: [ParcelToPull]

  @MarkupBuilder func markup() -> Markup {
    if !parcels.isEmpty {
      Tag.section(.class("callout"), .label("Pull these parcels")) {
        Tag.strong { "Pull these parcels" }
        Tag.ul(.class("to-pull")) {
          for parcel in parcels {
            Tag.li {
              Tag.a(.class("id"), .href(.bench(parcel.session))) { parcel.orderID }
              " " + parcel.why.words
            }
          }
        }
      }
    }
  }
}

extension ParcelToPull.Why {
  fileprivate var words: String {
    switch self {
    case .cancelled: "was cancelled after it was packed"
    case .labelVoid: "has a label that was voided after it was packed"
    case .held(let reason): "was held after it was packed: \(reason)"
    }
  }
}
