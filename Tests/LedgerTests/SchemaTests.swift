import Kit
import Ledger
import Postgres
import Testing

extension LedgerTests {
  @Suite("Schema") struct SchemaTests {
    /// Every table and column that the user's own documents name.
    static let seeds: [(table: String, columns: String)] = [
      ("orders", "order_id status created_at updated_at raw_order_data:jsonb"),
      ("order_lines", "order_line_id order_id sku quantity raw_line_data:jsonb"),
      (
        "order_acceptance_attempts",
        "attempt_id order_id attempt_number status api_response:jsonb"
      ),
      ("order_acceptance_debug_logs", "log_id order_id details raw_request_payload:jsonb"),
      ("order_status_history", "order_id status created_at"),
      (
        "shipments",
        "shipment_id order_id tracking_pin status label_pdf_path cp_api_label_url"
      ),
      (
        "api_calls",
        """
        call_id service endpoint related_id request_payload:jsonb response_body:text status_code \
        is_success:boolean
        """
      ),
      ("process_failures", "process_name details"),
      ("customers", "id mirakl_customer_id"),
      ("conversations", "id mirakl_thread_id customer_id order_id status"),
      ("messages", "conversation_id sender_type message_type"),
      ("components", "name type"),
      ("base_products", "model_name"),
      ("product_variants", "internal_sku"),
      ("variant_components", "variant_id component_id"),
      ("shop_sku_map", "shop_sku variant_id"),
    ]

    @Test("every table and column of the user's documents is there, under its name")
    func names() async throws {
      let database = try await Database.make()
      let all = Set(
        try await database.rows(
          """
          select table_name || ' ' || column_name || ':' || data_type
          from information_schema.columns where table_schema = 'public'
          """))
      for (table, columns) in Self.seeds {
        for column in columns.split(separator: " ") {
          let parts = column.split(separator: ":")
          let begin = "\(table) \(parts[0]):" + (parts.count > 1 ? parts[1] : "")
          #expect(all.contains { $0.hasPrefix(begin) }, "\(begin)")
        }
      }
    }

    @Test("the keys that the documents promise: one parcel an order, a PIN once, links that hold")
    func keys() async throws {
      let database = try await Database.make()
      let keys = Set(
        try await database.rows(
          """
          select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
          where connamespace = 'public'::regnamespace
          """))
      for key in [
        "orders PRIMARY KEY (order_id)",
        "shipments PRIMARY KEY (order_id)",
        "shipments FOREIGN KEY (order_id) REFERENCES orders(order_id)",
        "order_lines FOREIGN KEY (order_id) REFERENCES orders(order_id)",
        "order_acceptance_attempts FOREIGN KEY (order_id) REFERENCES orders(order_id)",
        "order_acceptance_debug_logs FOREIGN KEY (order_id) REFERENCES orders(order_id)",
        "customers UNIQUE (mirakl_customer_id)", "conversations UNIQUE (mirakl_thread_id)",
        "conversations FOREIGN KEY (customer_id) REFERENCES customers(id)",
        "conversations FOREIGN KEY (order_id) REFERENCES orders(order_id)",
        "product_variants UNIQUE (internal_sku)",
        "variant_components FOREIGN KEY (variant_id) REFERENCES product_variants(id)",
        "variant_components FOREIGN KEY (component_id) REFERENCES components(id)",
        "shop_sku_map FOREIGN KEY (variant_id) REFERENCES product_variants(id)",
      ] {
        #expect(keys.contains(key), "\(key)")
      }
      #expect(
        try await database.one(
          "select count(*)::text from pg_indexes where indexname = 'shipments_tracking_pin'") == "1"
      )
    }

    // MARK: Migrating

    @Test("a fresh database is migrated once; again is nothing")
    func fresh() async throws {
      let database = try await Database.make(isMigrated: false)
      let migrator = LedgerSchema.migrator
      let all = LedgerSchema.migrations.map { "\($0.number) \($0.name)" }
      #expect(try await migrator.problem(on: database.connection) == .missing)
      #expect(SchemaProblem.missing.description.contains("run `quayside migrate`"))
      #expect(try await migrator.migrate(on: database.connection) == all)
      #expect(try await migrator.migrate(on: database.connection) == [])
      #expect(try await migrator.problem(on: database.connection) == nil)
    }

    @Test("two processes at once: each migration is applied by one of them")
    func together() async throws {
      let database = try await Database.make(isMigrated: false)
      let connections = [try await database.another(), try await database.another()]
      let done = try await withThrowingTaskGroup(of: [String].self) { group in
        for connection in connections {
          group.addTask { try await LedgerSchema.migrator.migrate(on: connection) }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      // Which of the two applied which is anyone's guess.
      #expect(done.sorted() == LedgerSchema.migrations.map { "\($0.number) \($0.name)" }.sorted())
    }

    @Test("an older schema is refused with what to do, and brought up to date")
    func older() async throws {
      let database = try await Database.make()
      let next = Migration(number: 9_999, name: "more", sql: "create table more ()")
      let newer = Migrator(LedgerSchema.migrations + [next])
      let problem = try await newer.problem(on: database.connection)
      #expect(problem == .older(pending: ["9999 more"]))
      #expect(problem?.description.contains("9999 more") == true)
      #expect(problem?.description.contains("run `quayside migrate`") == true)
      #expect(try await newer.migrate(on: database.connection) == ["9999 more"])
      // And now this program is the older one.
      let unknown = try await LedgerSchema.migrator.problem(on: database.connection)
      #expect(unknown == .unknown("migration 9999 more"))
      await #expect(throws: SchemaProblem.self) {
        try await LedgerSchema.migrator.migrate(on: database.connection)
      }
    }

    @Test("a migration whose text is not ours is refused with what to do, and nothing is done")
    func checksum() async throws {
      let database = try await Database.make()
      try await database.run("update quayside_migrations set checksum = 'x' where number = 1")
      let problem = try await LedgerSchema.migrator.problem(on: database.connection)
      #expect(problem == .unknown("migration 1 foundation differs from what was applied"))
      #expect(problem?.description.contains("install the version that made it") == true)
      #expect(problem?.description.contains("restore a backup") == true)
      await #expect(throws: SchemaProblem.self) {
        try await LedgerSchema.migrator.migrate(on: database.connection)
      }
    }
  }
}
