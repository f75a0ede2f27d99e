import Bookings
import ClusterStage
import CustomerService
import HTTP
import Kit
import Ledger
import Operations
import Packing
import PackingBench
import People
import Postgres
import Web

func text(_ response: HTTPResponse) -> String {
  guard case .bytes(let bytes) = response.body else { return "" }
  return String(decoding: bytes, as: UTF8.self)
}

/// A site over a database of its own: 61 plain orders and one from somebody hostile.
/// - Parameter more: SQL for what a test needs beside them.
/// - Parameter packing: how strict the bench is.
func withSite(
  more: String = "", packing: PackingMode = .warn, _ body: (Website, Ledger) async throws -> Void
) async throws {
  let configuration = try await TestCluster.shared.database()
  do {
    try await TestCluster.administer(configuration) {
      try await $0.script(seeds + more, deadline: .seconds(30))
    }
    let ledger = Ledger(pool: PostgresPool(configuration, size: 2), limits: .patient)
    let desk = Desk(ledger: ledger, shops: [], cycle: CycleSettings())
    let bookings = BookingService(
      ledger: ledger, settings: BookingSettings(publicURL: "http://127.0.0.1:8080"), log: .silent)
    let bench = PackingService(
      ledger: ledger, settings: PackingSettings(modes: ["shop": packing]), log: .silent)
    let folder = try Leftovers.folder("quayside-web-test")
    defer { Folder.remove(folder) }
    let customers = CustomerService(
      ledger: ledger, files: AttachmentStore(stateFolder: folder), settings: InboxSettings())
    let site = Website(
      Services(
        desk: desk, metrics: Metrics(), bookings: bookings, packing: bench, customers: customers),
      SiteSettings(
        title: "A <b>title</b>", publicURL: "http://127.0.0.1:8080", rules: TestRules.quick))
    try await body(site, ledger)
    await ledger.close()
  } catch {
    await TestCluster.shared.drop(configuration)
    throw error
  }
  await TestCluster.shared.drop(configuration)
}

extension TestCluster {
  static let shared = TestCluster("web")
}

enum TestRules {
  /// Few tries, so that a test meets the limit soon.
  static var quick: SignInRules {
    var rules = SignInRules()
    rules.nameTriesMax = 3
    rules.addressTriesMax = 6
    return rules
  }
}

private func quoted(_ text: String) -> String {
  "E'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
}

private var seeds: String {
  let id = quoted(HostileTests.hostileID)
  let reason = quoted(HostileTests.hostileReason)
  let columns = """
    order_id, shop_id, status, status_since, parked_reason, marketplace_state,
    marketplace_seen_at, raw_order_data, raw_order_digest, created_at, updated_at
    """
  return """
    insert into shops (shop_id, name) values ('shop', 'Shop');
    insert into orders (\(columns))
    select 'order-' || n, 'shop', 'accepted', now(), null, 'SHIPPING', now(),
      '{"street": "1 Secret Street"}', '\\x00', now() - make_interval(mins => n / 3 + 1), now()
    from generate_series(1, 61) n;
    insert into orders (\(columns))
    values (\(id), 'shop', 'parked', now(), \(reason), \(reason), now(),
      '{"street": "1 Secret Street"}', '\\x00', now(), now());
    insert into order_lines (order_id, order_line_id, line_index, sku, title, raw_line_data)
    values (\(id), \(reason), 0, \(reason), \(reason), '{}');
    insert into shipments (order_id, status, request_id, tracking_pin, created_at, updated_at)
    values (\(id), 'label_bought', \(reason), \(reason), now(), now());
    insert into effects (kind, subject, order_id, shop_id, lane, request_key, state, due_at,
      deadline, outcome, created_at, updated_at)
    values ('buy_label', \(id), \(id), 'shop', 'lane', \(reason), 'needs_person', now(), now(),
      \(reason), now(), now()),
      ('fetch_label', \(id), \(id), 'shop', 'lane', \(reason), 'unknown', now(),
      now() - interval '1 hour', \(reason), now(), now());
    insert into process_failures (process_name, order_id, details, created_at)
    values (\(reason), \(id), \(reason), now());
    insert into order_acceptance_debug_logs (order_id, details, created_at)
    values (\(id), \(reason), now());
    """
}
