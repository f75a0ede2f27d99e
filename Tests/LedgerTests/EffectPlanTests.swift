import Kit
import Testing

extension LedgerTests {
  /// How PostgreSQL finds what is due, whatever it thought when it made its plan.
  @Suite("The plan of a claim") struct EffectPlans {
    /// The claim's own text, from where the product keeps it.
    private func claimStatement() throws -> String {
      var path = #filePath.split(separator: "/", omittingEmptySubsequences: false)
      path.removeLast(3)
      let file = path.joined(separator: "/") + "/Sources/App/Ledger/Statements/EffectWrites.swift"
      let text = String(decoding: try FileBytes.read(file, limit: 1 << 20), as: UTF8.self)
      let begin = try #require(text.firstRange(of: "struct ClaimEffects")).upperBound
      let parts = text[begin...].split(separator: "\"\"\"", maxSplits: 2)
      return String(try #require(parts.dropFirst().first))
    }

    /// - Parameter state: an expression of each effect's number, `i`.
    private func prepareClaim(_ shop: Shop, effects: Int, in state: String) async throws {
      try await shop.database.run(
        """
        insert into effects (kind, subject, shop_id, lane, request_key, state, due_at, deadline,
          created_at, updated_at)
        select 'accept_order', 'o' || i, 'main', 'marketplace:main', 'k' || i, \(state),
          now() - interval '1 hour', now(), now(), now()
        from generate_series(1, \(effects)) i;
        analyze effects;
        prepare claim (timestamptz, text, bigint, uuid, text, bigint, text[]) as \(claimStatement())
        """)
    }

    @Test("claiming costs the same with 100,000 finished effects: only the open ones are read")
    func plan() async throws {
      try await Shop.open { shop in
        try await prepareClaim(
          shop, effects: 100_050, in: "case when i % 2000 = 0 then 'planned' else 'confirmed' end")
        for mode in ["force_custom_plan", "force_generic_plan"] {
          try await shop.database.run("set plan_cache_mode = \(mode)")
          let plan = try await shop.database.rows(
            """
            explain (analyze, buffers, timing off, summary off) execute claim (null,
              'marketplace:main', 10, gen_random_uuid(), 'w', 60000000, '{accept_order}')
            """)
          #expect(plan.contains { $0.contains("effects_due") }, "\(plan)")
          #expect(!plan.contains { $0.contains("Seq Scan on effects") }, "\(mode) \(plan)")
        }
        #expect(
          try await shop.database.one("select count(*)::text from effects where state = 'sending'")
            == "20")
        #expect(try await shop.claim(10).count == 10)
      }
    }

    @Test("a plan made when little was waiting does not read all that waits later, nor the reverse")
    func stalePlan() async throws {
      try await Shop.open { shop in
        try await shop.database.run("set plan_cache_mode = force_generic_plan")
        try await prepareClaim(shop, effects: 20_000, in: "'confirmed'")
        let explain = """
          explain (analyze, buffers, timing off, summary off) execute claim (null,
            'marketplace:main', 10, gen_random_uuid(), 'w', 60000000, '{accept_order}')
          """
        _ = try await shop.database.rows(explain)
        try await shop.database.run("update effects set state = 'planned'")
        let later = try await shop.database.rows(explain)
        #expect(!later.contains { $0.contains("Bitmap Index Scan on effects_due") }, "\(later)")
        #expect(!later.contains { $0.contains("Seq Scan on effects") }, "\(later)")
        try await shop.database.run("analyze effects")
        let fresh = try await shop.database.rows(explain)
        #expect(!fresh.contains { $0.contains("Bitmap Index Scan on effects_due") }, "\(fresh)")
        #expect(!fresh.contains { $0.contains("Seq Scan on effects") }, "\(fresh)")
      }
    }
  }
}
