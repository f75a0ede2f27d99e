import Kit
import Postgres
import Testing

extension PostgresTests {
  @Suite struct BatchTests {
    @Test("a batch is one round trip and brings each statement's rows")
    func rows() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      var batch = PostgresBatch()
      let first = batch.add(InsertItem(id: 1, name: "one"))
      batch.add(InsertItem(id: 2, name: nil))
      let read = batch.add(ReadItems())
      let results = try await connection.run(batch, deadline: patience)
      #expect(try results[read] == [.init(id: 1, name: "one"), .init(id: 2, name: nil)])
      #expect(results.affected(first) == 1)
    }

    @Test(
      "an error anywhere in a batch undoes all of it, and the connection stays usable",
      arguments: 0..<4)
    func rollsBack(place: Int) async throws {
      let connection = try await connect()
      try await connection.makeItems()
      for _ in 0..<2 {
        var batch = PostgresBatch()
        for i in 0..<4 {
          if i == place { batch.add(Divide()) }
          batch.add(InsertItem(id: i))
        }
        let error = await failure { try await connection.run(batch, deadline: patience) }
        #expect(error?.sqlState == "22012")
        #expect(!connection.isInTransaction && !connection.isBroken)
        #expect(try await connection.query(ReadItems(), deadline: patience).isEmpty)
      }
    }

    @Test("a statement that cannot even be prepared undoes its batch")
    func unpreparable() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      for _ in 0..<2 {
        var batch = PostgresBatch()
        batch.add(InsertItem(id: 1))
        batch.add(Nonsense())
        batch.add(ReadItems())
        let error = await failure { try await connection.run(batch, deadline: patience) }
        #expect(error?.sqlState == "42601")
      }
      #expect(try await connection.query(ReadItems(), deadline: patience).isEmpty)
    }

    @Test("a violated constraint is a conflict with its name")
    func conflict() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      var batch = PostgresBatch()
      batch.add(InsertItem(id: 1))
      batch.add(InsertItem(id: 1))
      let error = await failure { try await connection.run(batch, deadline: patience) }
      #expect(error?.constraint == "items_pkey")
      #expect(error?.debugDescription.contains("items_pkey") == true)
      #expect(error?.description.contains("items_pkey") == false)
      guard case .conflict = error?.classification else {
        Issue.record("not a conflict")
        return
      }
    }

    @Test("a deadline in a batch undoes all of it")
    func deadline() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      var batch = PostgresBatch()
      batch.add(InsertItem(id: 1))
      batch.add(Pause(seconds: 60))
      let error = await failure { try await connection.run(batch, deadline: .seconds(2)) }
      #expect(error?.code == .timedOut)
      #expect(try await connection.query(ReadItems(), deadline: patience).isEmpty)
    }

    @Test("a large batch goes out while answers come in")
    func large() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      let name = String(repeating: "long ", count: 2_000)
      var batch = PostgresBatch()
      var keys: [PostgresBatchKey<ReadItems>] = []
      for i in 0..<100 {
        batch.add(InsertItem(id: i, name: name))
        keys.append(batch.add(ReadItems()))
      }
      let results = try await connection.run(batch, deadline: patience)
      for (i, key) in keys.enumerated() { #expect(try results[key].count == i + 1) }
    }

    @Test("batches of a transaction share it; what fails in it undoes it")
    func transaction() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      try await connection.transaction(deadline: patience) { connection in
        #expect(connection.isInTransaction)
        try await connection.query(InsertItem(id: 1), deadline: patience)
        try await connection.query(InsertItem(id: 2), deadline: patience)
      }
      #expect(try await connection.query(ReadItems(), deadline: patience).count == 2)
      let error = await failure {
        try await connection.transaction(deadline: patience) { connection in
          try await connection.query(InsertItem(id: 3), deadline: patience)
          try await connection.query(Divide(), deadline: patience)
        }
      }
      #expect(error?.sqlState == "22012")
      #expect(!connection.isInTransaction)
      #expect(try await connection.query(ReadItems(), deadline: patience).count == 2)
    }

    @Test("a commit that PostgreSQL turns into a rollback is an error")
    func silentRollback() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      let swallowed = await failure {
        try await connection.transaction(deadline: patience) { connection in
          try await connection.query(InsertItem(id: 1), deadline: patience)
          _ = await failure { try await connection.query(Divide(), deadline: patience) }
        }
      }
      #expect(swallowed?.sqlState == "25P02")
      var opening = PostgresBatch()
      opening.add(Begin())
      opening.add(Divide())
      _ = await failure { try await connection.run(opening, deadline: patience) }
      #expect(connection.isInTransaction)
      let error = await failure { try await connection.query(Commit(), deadline: patience) }
      #expect(error?.sqlState == "25P02")
    }
  }
}
