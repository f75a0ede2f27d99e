import Kit
import Packing
import Postgres

/// Which orders a code names: by id, by tracking number, or all parts of one purchase by its number.
struct FindPackingOrders: PostgresStatement {
  static let sql = """
    select order_id, true from orders where order_id = any($1)
    union
    select order_id, true from shipments
    where tracking_pin = any($1) and tracking_pin <> '123456789012'
    union
    select order_id, false from orders where order_id = any($2)
    order by 2 desc, 1 limit 30
    """
  /// Parts of a purchase are `-A`, `-B` ...
  static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  /// The test carrier gives it to every parcel (Canada Post contract, section 11).
  static let everybodysPIN = "123456789012"

  let codes: [String]
  func bind(_ b: inout PostgresBindings) {
    b.append(codes)
    b.append(codes.prefix(4).flatMap { code in Self.letters.map { "\(code)-\($0)" } })
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (orderID: String, isExact: Bool) {
    (try r.string(0), try r.bool(1))
  }
}

/// Locks one order.
struct LockPackingOrder: PostgresStatement {
  static let sql = "select order_id from orders where order_id = $1 for no key update"
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

extension Ledger {
  /// A scan while nothing is in hand: finds the order and opens its session, or takes it up again.
  func open(
    _ request: PackingRequest, on connection: PostgresConnection
  ) async throws(PostgresError) -> PackingReply {
    var finding = PostgresBatch()
    _ = finding.add(Begin())
    let found = finding.add(FindPackingOrders(codes: FindMeanings.codes(request.scan)))
    let meant = FindMeanings(request.scan)
    let meanings = finding.add(meant)
    let clockKey = finding.add(ReadClock(now: clock()))
    let answers = finding.add(ReadPackingAnswer(request: request))
    let results = try await connection.run(finding, deadline: limits.queryDeadline)
    if let known = try results[answers].first {
      return try await repeated(known, request, connection)
    }
    let now = try results[clockKey].first ?? .now()
    let rows = try results[found]
    let exact = rows.filter(\.isExact)
    let orders = (exact.isEmpty ? rows : exact).map(\.orderID)
    guard orders.count == 1, let orderID = orders.first else {
      let outcome = Self.outcome(
        request.event, orders: orders, meanings: meant.sorted(try results[meanings]))
      return try await write(
        PackingChange(
          request: request, outcome: outcome, choices: orders, now: now), on: connection)
    }
    return try await open(request, orderID, on: connection)
  }

  private func open(
    _ request: PackingRequest, _ orderID: String, on connection: PostgresConnection
  ) async throws(PostgresError) -> PackingReply {
    var batch = PostgresBatch()
    _ = batch.add(LockPackingOrder(orderID: orderID))
    let answers = batch.add(ReadPackingAnswer(request: request))
    let sessions = batch.add(ReadPackingSessions(session: nil, orderID: orderID))
    let standings = batch.add(ReadStanding(orderID: orderID, session: nil))
    let lines = batch.add(ReadPackingLines(orderID: orderID))
    let parts = batch.add(ReadPackingParts(orderID: orderID))
    let clockKey = batch.add(ReadClock(now: clock()))
    let results = try await connection.run(batch, deadline: limits.queryDeadline)
    if let known = try results[answers].first {
      return try await repeated(known, request, connection)
    }
    guard let standing = try results[standings].first else {
      throw PostgresError(.decoding, "an order that was just found is gone")
    }
    let now = try results[clockKey].first ?? .now()
    let latest = try results[sessions].first?.session
    let (outcome, session) = PackingSession.open(
      UUIDv7.make(at: now), order: orderID,
      bill: PackingBill(try results[lines], parts: try results[parts]),
      standing: standing.standing, latest: latest, by: request.actor)
    let isOurs = session?.state == .open && session?.packer == request.actor
    let isStopped = latest?.state == .open && session?.state == .stopped
    return try await write(
      PackingChange(
        request: request, outcome: outcome, before: session?.id == latest?.id ? latest : nil,
        after: session, isOnlyShown: !isOurs && !isStopped, shopID: standing.shopID, now: now),
      on: connection)
  }

  private static func outcome(
    _ event: PackingEvent, orders: [String], meanings: [CodeMeaning]
  ) -> PackingOutcome {
    if let outcome = event.outcomeWithoutOrder { return outcome }
    guard case .scan(let scan) = event, !scan.plain.isEmpty else {
      return PackingOutcome(.unreadable, "Nothing that can be read. Scan the order or its label.")
    }
    if !orders.isEmpty {
      return PackingOutcome(
        .severalOrders, "\(scan.plain) has several parts: \(orders.joined(separator: ", ")).")
    }
    if scan.candidates.contains(FindPackingOrders.everybodysPIN) {
      return PackingOutcome(
        .severalOrders, "The test carrier gives every parcel this number. Scan the order's id.")
    }
    for meaning in meanings {
      switch meaning {
      case .part(let part):
        return PackingOutcome(.noSuchOrder, "This is \(part.name). Scan an order first.")
      case .base(_, let name):
        return PackingOutcome(.noSuchOrder, "This is \(name). Scan an order first.")
      case .order: continue
      }
    }
    return PackingOutcome(.noSuchOrder, "No order has the code \(scan.plain).")
  }
}
