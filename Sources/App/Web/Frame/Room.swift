import HTTP
import Ledger
import People

/// One room of the application: a link in the navigation and the addresses behind it.
///
/// To add a room, make a folder `Rooms/Name` with `Room+Name.swift`, which holds its `static let`,
/// and add that to `Room.all`. A room's pages are functions from a `Visit` to an `HTTPResponse`:
///
///     extension Room {
///       static let stock = Room(
///         "Inventory", at: Path("/stock"), sees: .readStock, icon: "M4 7l8-4 8 4v10l-8 4-8-4z",
///         assets: [Asset("stock.css", PackageResources.stock_css)],
///         routes: [
///           .get("/stock", .readStock) { try await StockPages.list($0) },
///           .post("/stock/{component}/adjust", .changeStock) { try await StockPages.adjust($0) },
///         ])
///     }
///
/// What the frame does before a handler runs: it finds the session, refuses who lacks the
/// capability, and takes a POST only from a form of ours (`Gate`). What a handler does: read
/// `visit.form`, call a service, record what the person did in the same transaction
/// (`RecordActs([visit.act("stock.adjust", on: "component:7")])`), and answer `visit.page(...)` or
/// `visit.done(path, "Said once on the next page.")`. Files of a room (style, script) lie in
/// `Static`; there is no inline script or style anywhere, and the policy of `Shield` forbids them.
public struct Room: Sendable {
  let name: String
  let path: Path
  /// Who sees it in the navigation.
  let sees: Capability
  /// The `d` of a path in a box of 24 by 24.
  let icon: StaticString
  /// The room's own style sheets become part of the one; scripts are named by the pages that need
  /// them.
  let assets: [Asset]
  let routes: [PageRoute]

  init(
    _ name: String, at path: Path, sees: Capability, icon: StaticString, assets: [Asset] = [],
    routes: [PageRoute]
  ) {
    self.name = name
    self.path = path
    self.sees = sees
    self.icon = icon
    self.assets = assets
    self.routes = routes
  }

  /// In the order of the navigation.
  static let all: [Room] = [.overview, .orders, .bench, .inbox, .inventory, .people]
}

/// An address, the capability that it needs, and what answers there.
struct PageRoute: Sendable {
  typealias Handler = @Sendable (Visit) async throws -> HTTPResponse

  /// Of a request's body, unless a route says otherwise.
  static let bodyBytesMax = 64 << 10

  let method: String
  let path: String
  let pattern: RoutePattern
  let needs: Capability
  let bodyBytesMax: Int
  let handler: Handler

  private init(
    _ method: String, _ path: String, _ needs: Capability, _ bodyBytesMax: Int,
    _ handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    pattern = RoutePattern(path)
    self.needs = needs
    self.bodyBytesMax = min(bodyBytesMax, Website.bodyBytesMax)
    self.handler = handler
  }

  /// Changes nothing, however often it is asked for.
  static func get(
    _ path: String, _ needs: Capability, _ handler: @escaping Handler
  ) -> PageRoute { PageRoute("GET", path, needs, 0, handler) }

  static func post(
    _ path: String, _ needs: Capability, bodyBytesMax: Int = PageRoute.bodyBytesMax,
    _ handler: @escaping Handler
  ) -> PageRoute { PageRoute("POST", path, needs, bodyBytesMax, handler) }
}
