import ClusterStage
import Cryptography
import Kit
import Ledger
import Orders
import Packing
import PackingBench
import Postgres
import Synchronization
import Testing

/// A house with parts on its shelves, orders with labels, and a bench.
struct Warehouse: Sendable {
  static let shop = "main"

  let ledger: Ledger
  let pool: PostgresPool
  let configuration: PostgresConfiguration
  let service: PackingService
  let folder: String
  let packed: Packed
  let told: Told

  final class Packed: Sendable {
    private let all = Mutex<[String]>([])
    func add(_ order: String) { all.withLock { $0.append(order) } }
    var orders: [String] { all.withLock { $0 } }
  }

  /// What people were told.
  final class Told: Sendable {
    private let all = Mutex<[String]>([])
    func add(_ failures: [ProcessFailure]) { all.withLock { $0 += failures.map(\.details) } }
    var details: [String] { all.withLock { $0 } }
  }

  static func open(
    mode: PackingMode = .block, printer: String? = nil, printProgram: String = "lp",
    _ body: (Warehouse) async throws -> Void
  ) async throws {
    let configuration = try await SharedCluster.database()
    let pool = PostgresPool(configuration, size: 12)
    let ledger = Ledger(pool: pool, limits: .patient)
    let folder = try Folder.temporary("quayside-labels")
    let (packed, told) = (Packed(), Told())
    let house = Warehouse(
      ledger: ledger, pool: pool, configuration: configuration,
      service: PackingService(
        ledger: ledger,
        settings: PackingSettings(
          modes: [shop: mode], printer: printer, printProgram: printProgram), log: .silent,
        notify: { told.add($0) }, onPacked: { packed.add($0) }), folder: folder, packed: packed,
      told: told)
    let result: Result<Void, any Error>
    do {
      try await ledger.openShop(shop, name: "Main")
      try await house.stock()
      result = .success(try await body(house))
    } catch {
      result = .failure(error)
    }
    await ledger.close()
    Folder.remove(folder)
    try result.get()
  }

  /// Two memory modules, two drives that have serial numbers, one laptop of 16 GB and 1 TB, and one that
  /// carries a barcode of its own.
  private func stock() async throws {
    try await run(
      """
      insert into components (name, type, code, barcode, asks_serial) values
        ('RAM 8 GB', 'RAM', 'P-RAM8', 'RAM-8', false), ('RAM 4 GB', 'RAM', 'P-RAM4', 'RAM-4', false),
        ('SSD 1 TB', 'SSD', 'P-SSD1', 'SSD-1', true), ('SSD 256 GB', 'SSD', 'P-SSD2', 'SSD-OLD', true);
      insert into base_products (model_name, barcode) values ('Heron 14', null), ('Osprey 15', 'OSPREY');
      insert into product_variants (internal_sku, base_product_id) values
        ('HERON-16-1T', 1), ('OSPREY-8', 2);
      insert into variant_components (variant_id, component_id, quantity)
        values (1, 1, 2), (1, 3, 1), (2, 1, 1);
      insert into shop_sku_map (shop_sku, variant_id) values ('SHOP-HERON', 1), ('SHOP-OSPREY', 2);
      insert into stock_movements (component_id, delta, kind, actor, created_at)
        select id, 50, 'received', 'test', now() from components;
      """)
  }

  // MARK: Orders

  /// An order with a label, as the cycle leaves it.
  func labelled(
    _ id: String, skus: [String] = ["SHOP-HERON"], quantity: Int = 1, pin: String? = nil,
    shipBy: Timestamp? = nil, isFrozen: Bool = true, isShipped: Bool = false
  ) async throws {
    let raw = Array(#"{"order_id": "\#(id)"}"#.utf8)
    let order = IncomingOrder(
      orderID: id, state: "SHIPPING", updatedAt: .now(), placedAt: .now(), shipBy: shipBy,
      currency: "CAD", totalPrice: "900.00", hasAddress: true, trackingNumber: nil,
      lines: skus.enumerated().map { index, sku in
        IncomingOrder.Line(
          id: "\(id)-\(index + 1)", index: index + 1, sku: sku, quantity: quantity,
          title: "Laptop \(sku)", unitPrice: "900.00", raw: raw)
      }, raw: raw, digest: [1], problems: [])
    try await change { changes in
      changes.newOrders.append(
        NewOrder(
          order: order, shopID: Self.shop, status: .accepted, parkedReason: nil, acceptBy: nil))
      changes.history.append(
        HistoryEntry(orderID: id, previous: .received, status: .accepted, cause: "test"))
    }
    if isFrozen {
      try await run(
        """
        select settle_stock(now(), array_agg(l.order_id), array_agg(l.order_line_id),
          array_agg(vc.component_id), array_agg(vc.variant_id), array_agg(vc.quantity::bigint),
          array_agg(l.quantity::bigint), array_agg(c.asks_serial), '{}', '{}')
        from order_lines l join shop_sku_map m on m.shop_sku = l.sku
        join variant_components vc on vc.variant_id = m.variant_id
        join components c on c.id = vc.component_id where l.order_id = '\(id)'
        having count(*) > 0
        """)
    }
    try await label(id, generation: 1, pin: pin)
    if isShipped { try await ship(id) }
  }

  /// Stores a label and moves the order there.
  func label(_ id: String, generation: Int, pin: String? = nil) async throws {
    let bytes = Array("%PDF-1.4 \(id) \(generation)".utf8)
    let path = "\(folder)/\(id)-\(generation).pdf"
    try AtomicFile.write(bytes, to: path)
    let sha = SHA256.hex(SHA256.hash(bytes))
    try await run(
      """
      insert into shipments (order_id, status, request_id, generation, tracking_pin, label_pdf_path,
        label_sha256, label_bytes, created_at, updated_at)
      values ('\(id)', 'label_created', '\(id)-\(generation)', \(generation),
        \(pin.map { "'\($0)'" } ?? "null"), '\(path)', '\(sha)', \(bytes.count), now(), now())
      on conflict (order_id) do update set status = 'label_created', generation = \(generation),
        tracking_pin = excluded.tracking_pin, label_pdf_path = excluded.label_pdf_path,
        label_sha256 = excluded.label_sha256, label_bytes = excluded.label_bytes
      """)
    try await move(id, .accepted, .labelCreated)
  }

  func ship(_ id: String) async throws {
    try await move(id, .labelCreated, .shipped)
    try await run(
      """
      update shipments set status = 'tracking_updated' where order_id = '\(id)';
      select settle_stock(now(), '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', array['\(id)']);
      """)
  }

  func move(_ id: String, _ from: OrderStatus, _ to: OrderStatus) async throws {
    try await change { changes in
      changes.history.append(
        HistoryEntry(orderID: id, previous: from, status: to, cause: "test"))
    }
  }

  private func change(_ fill: @Sendable (inout ChangeSet) -> Void) async throws {
    let lease = Lease(id: UUIDv7.make(), worker: "test", duration: .seconds(60))
    _ = try await ledger.change(ChangeScope(orderIDs: []), lease: lease) { _ in
      var changes = ChangeSet()
      fill(&changes)
      return (changes, ())
    }
  }

  // MARK: Looking

  func run(_ sql: String) async throws {
    let connection = try await PostgresConnection.open(
      configuration, deadline: SharedCluster.patience)
    let result = await Result(catching: { () async throws(PostgresError) in
      try await connection.script(sql, deadline: SharedCluster.patience)
    })
    await connection.close()
    try result.get()
  }

  func rows(_ query: String) async throws -> [String] {
    try await pool.query(Ask(query: query), deadline: SharedCluster.patience).map { $0 ?? "null" }
  }

  struct NobodyWaited: Error {}

  /// Waits, within a bound, until a statement of this database waits as `event` says.
  func untilSomebodyWaits(_ event: String = "wait_event_type = 'Lock'") async throws {
    let waiting =
      "select count(*)::text from pg_stat_activity where datname = current_database() and \(event)"
    let ends = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < ends {
      if try await one(waiting) != "0" { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw NobodyWaited()
  }

  func one(_ query: String) async throws -> String { try await rows(query).first ?? "no row" }

  /// Everything that a wrong scan must not touch, as one text.
  func goods() async throws -> String {
    try await rows(
      """
      select 'stock ' || component_id || ' ' || on_hand || ' ' || reserved from component_stock
      union all select 'moved ' || movement_id from stock_movements
      union all select 'serial ' || serial || coalesce(' back', '') from packing_serials
      union all select 'parcel ' || order_id || ' ' || status || coalesce(packed_generation, 0)::text
        from shipments
      union all select 'order ' || order_id || ' ' || status from orders
      union all select 'placed ' || (content -> 'placed')::text from packing_sessions
      order by 1
      """
    ).joined(separator: "\n")
  }
}
