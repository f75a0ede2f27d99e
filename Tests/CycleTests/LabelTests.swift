import CanadaPost
import HTTP
import HTTPServer
import Kit
import Ledger
import Mirakl
import Operations
import Orders
import Sandbox
import Synchronization
import Testing

@Suite struct `Labels` {
  @Test func `when the answer to a purchase is lost it is found by its request id`() async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .answerLost)])
      let ids = house.sandbox.addOrders(count: 10).map(\.id)
      try await shipped(house, ids)
      #expect(house.requests("create_shipment") == 10)
      #expect(house.requests("find_shipments") >= 10)
    }
  }

  @Test func `a purchase that the search does not show at once is still found`() async throws {
    try await House.with { house in
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .answerLost),
        FaultRule(call: "find_shipments", fault: .searchLag, ms: 60),
      ])
      let ids = house.sandbox.addOrders(count: 4).map(\.id)
      try await shipped(house, ids)
      #expect(house.requests("create_shipment") == 4)
    }
  }

  @Test(arguments: [
    FaultRule(call: "create_shipment", fault: .truncated),
    FaultRule(call: "create_shipment", fault: .status, when: .after, status: 500),
    FaultRule(call: "create_shipment", fault: .html502, when: .after),
    FaultRule(call: "create_shipment", fault: .malformed),
    FaultRule(call: "create_shipment", fault: .schemaError),
  ])
  func `a damaged answer to a purchase is looked up, and one label is bought`(
    _ rule: FaultRule
  ) async throws {
    try await House.with { house in
      house.sandbox.setDials([rule])
      let ids = house.sandbox.addOrders(count: 4).map(\.id)
      try await shipped(house, ids)
      #expect(house.requests("create_shipment") == 4)
      #expect(house.sandbox.dialsFired == [4])
    }
  }

  @Test func `a purchase that never arrived is a person's question, and retry buys once`()
    async throws
  {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .requestLost, times: 1)])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.need(id) != nil }
      #expect(house.sandbox.tally().totals.labelsBought == 0)
      #expect(house.requests("create_shipment") == 1)
      #expect(house.notified.failures.map(\.processName) == ["ShippingLabelCreation"])
      let searches = house.requests("find_shipments")
      try await house.retryAllThatNeedPeople()
      try await shipped(house, [id])
      // Bought again only after one more search; after that a surplus is looked for.
      let calls = house.sandbox.requests.map(\.call).filter {
        $0 == "find_shipments" || $0 == "create_shipment"
      }
      let first = ["create_shipment"] + Array(repeating: "find_shipments", count: searches + 1)
      #expect(Array(calls.prefix(searches + 3)) == first + ["create_shipment"])
      try await house.work { try await house.effectStates("buy_label") == ["confirmed"] }
      #expect(house.requests("create_shipment") == 2)
      #expect(house.requests("find_shipments") > searches + 1)
    }
  }

  @Test
  func `a label that the ledger has forgotten, as after a restore, is found and not bought again`()
    async throws
  {
    try await House.with { house in
      let id = house.sandbox.addOrders(count: 1)[0].id
      let shop = house.shops[0]
      let page = try await shop.mirakl.orders(.orders([id])).result.get()
      let shown = try #require(page.orders.first)
      let lines = shown.lines.compactMap(\.id).map { (lineID: $0, accepted: true) }
      try await shop.mirakl.accept(id, lines).result.get()
      let account = shop.settings.carrier.customerNumber
      _ = try await shop.carrier.createShipment(
        ShipmentRequest(
          requestID: CanadaPostClient.requestID(account: account, orderID: id, parcel: 1),
          groupID: "EARLIER", serviceCode: "DOM.EP", sender: shop.settings.parcels.sender,
          destination: shop.settings.parcels.sender,
          parcel: Parcel(weightGrams: 2_000, lengthMM: 400, widthMM: 300, heightMM: 80),
          customerRef1: id)
      ).result.get()
      try await shipped(house, [id])
      #expect(house.requests("create_shipment") == 1)
      #expect(house.requests("find_shipments") == 1)
    }
  }

  @Test func `a label bought twice, since the search was late, is raised to a person`()
    async throws
  {
    try await House.with { house in
      // Four searches for the lost one and the one before buying again do not see it.
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .answerLost, times: 1),
        FaultRule(call: "find_shipments", fault: .searchLag, times: 5, ms: 3_600_000),
      ])
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.need(id) != nil }
      #expect(house.requests("find_shipments") == 4)
      try await house.retryAllThatNeedPeople()
      try await house.work {
        let isShipped = try await house.are([id], .shipped)
        let need = try await house.need(id)
        return isShipped && need?.contains("void the surplus") == true
      }
      let tally = try #require(house.sandbox.tally().orders[id])
      #expect(tally.labelsBought == 2 && tally.labelsLive == 2 && tally.ships == 1)
      #expect(house.notified.failures.count == 2)
      // Asked again, it looks again, and buys nothing.
      try await house.retryAllThatNeedPeople()
      try await house.work { house.notified.failures.count == 3 }
      #expect(try await house.effectStates("buy_label") == ["needs_person"])
      #expect(house.requests("create_shipment") == 2)
    }
  }

  @Test func `the constant number of the carrier's own test host works`() async throws {
    try await House.with { plan in
      plan.world.stubPins = true
    } _: { house in
      let ids = house.sandbox.addOrders(count: 6).map(\.id)
      try await shipped(house, ids)
      #expect(
        try await house.ask("select distinct tracking_pin from shipments") == ["123456789012"])
    }
  }

  @Test func `an answer without a tracking number is completed by reading the shipment`()
    async throws
  {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "create_shipment", fault: .noPin)])
      let ids = house.sandbox.addOrders(count: 3).map(\.id)
      try await shipped(house, ids)
      #expect(house.requests("shipment") >= 3)
    }
  }

  @Test func `an account without a contract ships too`() async throws {
    try await House.with { plan in
      plan.isContract = false
    } _: { house in
      house.sandbox.setDials([
        FaultRule(call: "create_shipment", fault: .answerLost, probability: 0.5, timesEach: 1)
      ])
      let ids = house.sandbox.addOrders(count: 6).map(\.id)
      try await shipped(house, ids)
      #expect(house.requests("create_shipment") == 6)
    }
  }

  @Test func `a label that is not ready is asked for again`() async throws {
    try await House.with { plan in
      plan.world.notReadyReads = 3
    } _: { house in
      let ids = house.sandbox.addOrders(count: 5).map(\.id)
      try await shipped(house, ids)
      let tally = house.sandbox.tally()
      for id in ids { #expect(tally.orders[id]?.artifactReads == 4) }
    }
  }

  @Test(arguments: ["cut", "not_pdf", "wrong_pin", "tiny"])
  func `a bad label never counts as a label`(_ variant: String) async throws {
    try await House.with { house in
      house.sandbox.setDials([FaultRule(call: "artifact", fault: .badLabel, variant: variant)])
      let ids = house.sandbox.addOrders(count: 2).map(\.id)
      try await house.work {
        let orders = try await house.orders()
        return ids.allSatisfy { orders[$0]?.needs != nil }
      }
      #expect(try await house.are(ids, .accepted))
      #expect(house.labelFiles.isEmpty)
      #expect(house.sandbox.tally().totals.trackings == 0)
      #expect(
        try await house.count(
          "select count(*) from order_status_history where status = 'label_created'")
          == 0)
      house.sandbox.setDials([])
      try await house.retryAllThatNeedPeople()
      try await shipped(house, ids)
      #expect(house.labelFiles.count == 2)
    }
  }

  @Test func `a link to a foreign host is not followed, and holds up nobody else`() async throws {
    try await House.with { house in
      let foreign = house.sandbox.addOrders(count: 1)[0].id
      house.sandbox.setDials([
        FaultRule(call: "canada_post", fault: .foreignHref, orders: [foreign])
      ])
      let others = house.sandbox.addOrders(count: 12).map(\.id)
      try await house.work {
        try await both(house.are(others, .shipped)) { try await house.need(foreign) != nil }
      }
      expectShippedOnce(house, others)
      #expect(try await house.status(foreign) == .accepted)
      #expect(house.sandbox.tally().orders[foreign]?.labelsBought == 1)
      // Nothing was sent there.
      #expect(
        try await house.count(
          "select count(*) from api_calls where url like '%carrier.example%' and status_code is not null"
        )
          == 0)
    }
  }

  @Test func `a foreign host that answers gets no call and no credentials`() async throws {
    let received = Mutex<Int>(0)
    let elsewhere = try HTTPServer.start(port: 0) { _ in
      received.withLock { $0 += 1 }
      return HTTPResponse(status: 200)
    }
    try await House.with { plan in
      plan.world.publicOrigin = "http://127.0.0.1:\(elsewhere.port)"
    } _: { house in
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await !house.effectStates("fetch_label").isEmpty }
      try await house.work { try await house.need(id) != nil }
      #expect(received.withLock { $0 } == 0)
      #expect(house.labelFiles.isEmpty)
    }
    await elsewhere.stop()
  }

  @Test
  func `a field that is too long for the carrier is a person's question before money is spent`()
    async throws
  {
    try await House.with { house in
      let id = house.sandbox.addOrders(count: 1, kinds: [.tooLongAddress])[0].id
      let other = house.sandbox.addOrders(count: 1)[0].id
      try await house.work {
        try await both(house.status(other) == .shipped) { try await house.need(id) != nil }
      }
      let needs = try await house.need(id) ?? ""
      #expect(needs.contains("address-line-1"), "\(needs)")
      #expect(house.sandbox.tally().orders[id]?.labelsBought == 0)
      #expect(house.requests("create_shipment") == 1)
      #expect(try await house.effectStates("buy_label").sorted() == ["confirmed", "needs_person"])
    }
  }

  @Test func `a disk that takes no label keeps it due, without a half file, until it does`()
    async throws
  {
    try await House.with { house in
      let shelf = house.folder + "/labels"
      // A file where the folder should be.
      try AtomicFile.write(Array("full".utf8), to: shelf)
      let ids = house.sandbox.addOrders(count: 3).map(\.id)
      try await house.work {
        try await house.count(
          "select count(*) from effects where kind = 'fetch_label' and state = 'planned' and tries > 1"
        )
          == 3
      }
      #expect(try await house.are(ids, .accepted))
      #expect(
        try await house.count("select count(*) from shipments where label_pdf_path is not null")
          == 0)
      try unlinkFile(shelf)
      try await shipped(house, ids)
      #expect(house.labelFiles.count == 3)
      #expect(house.labelFiles.allSatisfy { $0.hasSuffix(".pdf") })
    }
  }
}
