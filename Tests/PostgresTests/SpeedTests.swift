import Kit
import Postgres
import Synchronization
import Testing

extension PostgresTests {
  /// Figures, not verdicts: `QUAYSIDE_BENCH=1 swift test -c release --filter SpeedTests`.
  @Suite(.serialized, .enabled(if: Host.environment["QUAYSIDE_BENCH"] != nil))
  struct SpeedTests {
    static let orders = 100_000

    /// Update one order, insert one audit row, for each of a batch, in one statement.
    struct Step: PostgresStatement {
      static let sql = """
        with u as (
          update bench_orders o set status = s.status, version = version + 1
          from unnest($1::bigint[], $2::text[]) s (id, status) where o.id = s.id
        )
        insert into bench_audit (order_id, at, actor, body)
        select * from unnest($1::bigint[], $3::timestamptz[], $4::text[], $5::text[])
        """
      let ids: [Int64]
      let statuses: [String]
      let times: [Timestamp]
      let actors: [String]
      let bodies: [String]

      init(first: Int, count: Int) {
        ids = (0..<count).map { Int64((first + $0) % SpeedTests.orders) }
        statuses = ids.map { "status \($0 % 7)" }
        times = Array(repeating: .now(), count: count)
        actors = Array(repeating: "worker", count: count)
        bodies = ids.map { "order \($0) moved on from one status to the next one" }
      }

      func bind(_ b: inout PostgresBindings) {
        b.append(ids)
        b.append(statuses)
        b.append(times)
        b.append(actors)
        b.append(bodies)
      }
    }

    static func prepare() async throws {
      let connection = try await connect()
      try await connection.script(
        """
        drop table if exists bench_orders, bench_audit;
        create table bench_orders (
          id bigint primary key, status text not null, version int not null default 0
        ) with (fillfactor = 70);
        create table bench_audit (
          id bigint generated always as identity, order_id bigint not null,
          at timestamptz not null, actor text not null, body text not null);
        insert into bench_orders (id, status)
          select i, 'new' from generate_series(0, \(orders - 1)) i;
        """, deadline: .minutes(2))
      try await connection.script("vacuum analyze bench_orders", deadline: .minutes(2))
      try await connection.script("checkpoint", deadline: .minutes(2))
    }

    @Test("durable steps a second", arguments: [(1, 1), (1, 50), (1, 200), (4, 50), (4, 200)])
    func steps(clients: Int, size: Int) async throws {
      try await Self.prepare()
      let pool = try pool(size: clients)
      let duration = Duration.seconds(5)
      let begun = ContinuousClock.now
      let total = try await withThrowingTaskGroup(of: Int.self) { group in
        for client in 0..<clients {
          group.addTask {
            var done = 0
            var first = client * (Self.orders / clients)
            while ContinuousClock.now - begun < duration {
              try await pool.query(Step(first: first, count: size), deadline: patience)
              first += size
              done += size
            }
            return done
          }
        }
        return try await group.reduce(0, +)
      }
      let rate = Double(total) / (ContinuousClock.now - begun).seconds
      print("BENCH \(clients) clients, batches of \(size): \(Int(rate)) steps/s")
      await pool.close()
    }

    struct ReadOrders: PostgresStatement {
      static let sql = "select id, status, version, now() from bench_orders where id < $1"
      let limit: Int
      func bind(_ b: inout PostgresBindings) { b.append(limit) }
      static func row(_ r: PostgresRow) throws(PostgresError) -> (Int64, String, Int, Timestamp) {
        (try r.int64(0), try r.string(1), try r.int(2), try r.timestamp(3))
      }
    }

    @Test("round trips and rows read a second")
    func reading() async throws {
      try await Self.prepare()
      let connection = try await connect()
      try await connection.query(One(), deadline: patience)
      var begun = ContinuousClock.now
      for _ in 0..<20_000 { try await connection.query(One(), deadline: patience) }
      var rate = 20_000 / (ContinuousClock.now - begun).seconds
      print("BENCH select 1, one client: \(Int(rate)) round trips/s")
      begun = ContinuousClock.now
      var rows = 0
      for _ in 0..<10 {
        rows += try await connection.query(ReadOrders(limit: 50_000), deadline: patience).count
      }
      rate = Double(rows) / (ContinuousClock.now - begun).seconds
      print("BENCH rows of 4 columns read: \(Int(rate)) rows/s")
      begun = ContinuousClock.now
      var bytes = 0
      for i in 0..<2_000 {
        var batch = PostgresBatch()
        batch.add(Step(first: i, count: 200))
        bytes += batch.count
      }
      rate = Double(bytes) * 200 / (ContinuousClock.now - begun).seconds
      print("BENCH steps made and bound: \(Int(rate)) steps/s")
      try await connection.script("drop table bench_orders, bench_audit", deadline: patience)
    }
  }
}
