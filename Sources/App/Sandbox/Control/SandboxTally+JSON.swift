import Kit

extension SandboxTally {
  var json: JSON {
    let list = orders.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
    let states = totals.states.sorted { $0.key < $1.key }.map {
      ($0.key, JSON.int(Int64($0.value)))
    }
    return .object([
      ("orders", .object(list)),
      (
        "bookings",
        .object(bookings.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })
      ),
      ("threads", .object(threads.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })),
      (
        "totals",
        .object([
          ("orders", .count(totals.orders)), ("accepts", .count(totals.accepts)),
          ("accept_calls", .count(totals.acceptCalls)), ("trackings", .count(totals.trackings)),
          ("ships", .count(totals.ships)), ("labels_bought", .count(totals.labelsBought)),
          ("labels_live", .count(totals.labelsLive)), ("voids", .count(totals.voids)),
          ("refunds", .count(totals.refunds)), ("states", .object(states)),
        ])
      ),
      ("violations", .array(violations.map(\.json))),
    ])
  }
}

extension SandboxTally.Order {
  var json: JSON {
    .object([
      ("state", .text(state)), ("kind", .string(kind)), ("shop", .int(shop)),
      ("accept_calls", .count(acceptCalls)), ("accepts", .count(accepts)),
      ("accepts_ignored", .count(acceptsIgnored)),
      ("first_accept_at", .text(firstAcceptAt?.iso8601)),
      ("tracking_calls", .count(trackingCalls)), ("trackings", .count(trackings)),
      ("tracking", .text(tracking)), ("carrier_code", .text(carrierCode)),
      ("ship_calls", .count(shipCalls)), ("ships", .count(ships)),
      ("shipped_at", .text(shippedAt?.iso8601)), ("cancel_calls", .count(cancelCalls)),
      ("cancels", .count(cancels)), ("reads", .count(reads)),
      ("labels_bought", .count(labelsBought)), ("labels_live", .count(labelsLive)),
      ("voids", .count(voids)), ("refunds", .count(refunds)),
      ("artifact_reads", .count(artifactReads)),
      ("live_pins", .array(livePins.map(JSON.string))),
    ])
  }
}

extension SandboxTally.Booking {
  var json: JSON {
    .object([
      ("rows", .count(rows)), ("row_writes", .count(rowWrites)), ("formulas", .count(formulas)),
      ("pushes", .count(pushes)), ("pushes_shown", .count(pushesShown)),
      ("events", .count(events)),
    ])
  }
}

extension SandboxViolation {
  var json: JSON {
    .object([
      ("name", .string(name)), ("order", .string(order)), ("detail", .string(detail)),
    ])
  }
}

extension JSON {
  static func count(_ number: Int) -> JSON { .int(Int64(number)) }
  static func text(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
}
