import Kit

extension BookingBench.Result {
  /// - Parameter peer: what the peer's server did in the same run, where there is one.
  func summary(seconds: Int, runs: Int, peer: Double?) -> JSON {
    .object([
      ("benchmark", "booking"), ("connections", .int(Int64(BookingBench.connections))),
      ("seconds", .int(Int64(seconds))), ("runs", .int(Int64(runs))),
      ("bookings_per_second", Self.tenths(bookings.perSecond)),
      ("replays_per_second", Self.tenths(replays.perSecond)),
      ("p50_ms", Self.tenths(bookings.p50)), ("p99_ms", Self.tenths(bookings.p99)),
      ("errors", .int(Int64(errors))),
      ("orders_stored", .int(Int64(stored))), ("orders_broken", .int(Int64(broken))),
      ("pgbench_per_second", Self.tenths(pgbenchPerSecond)),
      (
        "ratio_to_pgbench",
        pgbenchPerSecond > 0 ? Self.hundredths(bookings.perSecond / pgbenchPerSecond) : .null
      ),
      ("peer_per_second", peer.map(Self.tenths) ?? .null),
      ("ratio_to_peer", peer.map { Self.hundredths(bookings.perSecond / $0) } ?? .null),
      ("server_rss_mb", .int(Int64(serverMB))),
      (
        "cpu_seconds",
        .object([
          ("server", Self.tenths(cpu.server.seconds)),
          ("postgres", Self.tenths(cpu.postgres.seconds)),
        ])
      ),
    ])
  }

  private static func tenths(_ value: Double) -> JSON { .decimal("\((value * 10).rounded() / 10)") }

  private static func hundredths(_ value: Double) -> JSON {
    .decimal("\((value * 100).rounded() / 100)")
  }
}
