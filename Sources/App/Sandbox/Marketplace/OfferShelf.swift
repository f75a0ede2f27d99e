import Kit
import Synchronization

/// The shops' offers, and the files of quantities that change them. Like the marketplace, time moves
/// when somebody looks: a file is worked through when it is due and somebody enters.
final class OfferShelf: Sendable {
  struct Offer {
    let id: Int64
    let sku: String
    let title: String
    let cents: Int
    var quantity: Int64
  }

  struct Import {
    let id: String
    let shop: Int
    let rows: [(line: Int, sku: String, quantity: Int64?)]
    let createdAt: Timestamp
    let due: Timestamp
    var problems: [(line: Int, why: String)] = []
    var isComplete = false
  }

  struct State {
    /// By shop, then by SKU.
    var offers: [[String: Offer]] = []
    var imports: [String: Import] = [:]
    var order: [String] = []
  }

  private let settings: SandboxSettings
  private let state: Mutex<State>

  init(settings: SandboxSettings) {
    self.settings = settings
    state = Mutex(Self.first(settings))
  }

  func reset() { state.withLock { $0 = Self.first(settings) } }

  /// Every shop offers the whole catalogue, ten of each.
  private static func first(_ settings: SandboxSettings) -> State {
    var state = State()
    for shop in settings.shops.indices {
      var offers: [String: Offer] = [:]
      for (index, item) in SandboxCatalogue.items.enumerated() {
        offers[item.sku] = Offer(
          id: Int64(900_000 + shop * 1_000 + index), sku: item.sku, title: item.title,
          cents: item.cents, quantity: 10)
      }
      state.offers.append(offers)
    }
    return state
  }

  func enter<R>(_ body: (inout State, Timestamp) -> R) -> R {
    let now = settings.now()
    return state.withLock { state in
      state.advance(to: now)
      return body(&state, now)
    }
  }

  /// Takes a file in.
  /// - Returns: its number.
  func take(_ rows: [(line: Int, sku: String, quantity: Int64?)], shop: Int) -> String {
    enter { state, now in
      let id = "\(7_000 + state.order.count)"
      state.imports[id] = Import(
        id: id, shop: shop, rows: rows, createdAt: now, due: now + settings.stockImportDelay)
      state.order.append(id)
      state.advance(to: now)
      return id
    }
  }

  /// An offer that somebody made by hand.
  func add(_ sku: String, quantity: Int64, shop: Int) {
    enter { state, _ in
      let id = Int64(990_000 + state.offers[shop].count)
      state.offers[shop][sku] = Offer(
        id: id, sku: sku, title: sku, cents: 10_000, quantity: quantity)
    }
  }
}

extension OfferShelf.State {
  fileprivate mutating func advance(to now: Timestamp) {
    for id in order {
      guard var file = imports[id], !file.isComplete, file.due <= now else { continue }
      for row in file.rows {
        guard offers[file.shop][row.sku] != nil else {
          file.problems.append((row.line, "no offer with the SKU \(row.sku)"))
          continue
        }
        guard let quantity = row.quantity, quantity >= 0 else {
          file.problems.append((row.line, "the quantity is no whole number"))
          continue
        }
        offers[file.shop][row.sku]?.quantity = quantity
      }
      file.isComplete = true
      imports[id] = file
    }
  }
}
