import HTTP
import Kit
import Sandbox
import Testing
import XML

/// The outside's own schemas judge the sandbox's answers; skipped where they are not at hand.
@Suite(
  "Against the outside's own schemas",
  .enabled(
    if: Fixtures.folder != nil,
    "the fixtures are absent: set QUAYSIDE_FIXTURES or put them at ../shared/fixtures"))
struct FixtureTests {
  @Test("invented orders conform to the schema of OR11 in every state they pass")
  func orders() async throws {
    let judge = try OpenAPI(Fixtures.read("mirakl/seller-openapi.json"))
    try await Outside.run { outside async throws in
      let orders = outside.sandbox.addOrders(count: 40)
      outside.sandbox.addOrders(count: 10, kinds: [.unknownSku, .tooLongAddress])
      func check() async throws {
        let page = try await outside.mirakl("GET", "/api/orders?max=100")
        let problems = judge.problems(try #require(page.json), answering: "/api/orders")
        #expect(problems.isEmpty, "\(problems.prefix(5))")
      }
      try await check()
      for order in orders.prefix(20) {
        let lines = try await outside.order(order.id)["order_lines"]?.elements.count ?? 1
        #expect(try await outside.accept(order.id, lines: lines).status == 204)
      }
      try await check()
      for order in orders.prefix(10) {
        _ = try await outside.track(order.id, "7301234000000011")
        _ = try await outside.ship(order.id)
      }
      outside.sandbox.cancel(orders[12].id)
      try await check()
      for path in ["/api/shipping/carriers", "/api/account", "/api/platform/configuration"] {
        let answer = try await outside.mirakl("GET", path)
        let problems = judge.problems(
          try #require(answer.json), answering: path, ignoresMissing: true)
        #expect(problems.isEmpty, "\(path): \(problems.prefix(5))")
      }
    }
  }

  @Test("threads conform to the schemas of M10 and M11")
  func threads() async throws {
    let judge = try OpenAPI(Fixtures.read("mirakl/seller-openapi.json"))
    try await Outside.run { outside async throws in
      let order = outside.sandbox.addOrders(count: 1)[0].id
      let thread = outside.sandbox.write(
        "A question", order: order, files: [("a.txt", Array("text".utf8))])
      outside.sandbox.writeAsShop("An answer", thread: try #require(thread))
      outside.sandbox.writeAsOperator("A note to the seller")
      let list = try await outside.mirakl("GET", "/api/inbox/threads?with_messages=true")
      let problems = judge.problems(try #require(list.json), answering: "/api/inbox/threads")
      #expect(problems.isEmpty, "\(problems.prefix(5))")
      let one = try await outside.mirakl("GET", "/api/inbox/threads/\(thread ?? "")")
      let more = judge.problems(
        try #require(one.json), answering: "/api/inbox/threads/{thread_id}")
      #expect(more.isEmpty, "\(more.prefix(5))")
      #expect(try await outside.mirakl("POST", "/api/inbox/threads/x/message", "{}").status == 415)
    }
  }

  @Test(
    "the carrier's answers are valid by its schemas", .enabled(if: Program.find("xmllint") != nil))
  func carrier() async throws {
    try await Outside.run { outside async throws in
      let request = ShipmentXML().replacing(
        "<delivery-spec>", "<provide-pricing-info>true</provide-pricing-info><delivery-spec>")
      try validate(Array(request.text.utf8), "shipment.xsd")
      let created = try await outside.create(request)
      try validate(created.body, "shipment.xsd")
      let own = try #require(created.href("self"))
      for path in [own, own + "/details", own + "/price"] {
        try validate(try await outside.carrier("GET", path).body, "shipment.xsd")
      }
      for path in [
        "group", "shipment?requestId=BBY-0001", "shipment?groupId=WH1",
        "shipment?requestId=BBY-0001&provideShipmentInfo=true",
      ] {
        let answer = try await outside.carrier("GET", "\(Outside.customer)/\(path)")
        try validate(answer.body, "shipment.xsd")
      }
      let simple = ShipmentXML(isContract: false)
      try validate(Array(simple.text.utf8), "ncshipment.xsd")
      let bought = try await outside.create(simple)
      try validate(bought.body, "ncshipment.xsd")
      let href = try #require(bought.href("self"))
      for path in [href, href + "/details", href + "/receipt"] {
        let answer = try await outside.carrier("GET", path, type: Outside.nonContractType)
        try validate(answer.body, "ncshipment.xsd")
      }
      let gone = try await outside.carrier("DELETE", "\(Outside.customer)/shipment/1")
      try validate(gone.body, "messages.xsd")
    }
  }

  @Test("manifests are valid too", .enabled(if: Program.find("xmllint") != nil))
  func manifests() async throws {
    try await Outside.run { outside async throws in
      _ = try await outside.create(ShipmentXML())
      try validate(Array(ShipmentXML.transmit("WH1").utf8), "manifest.xsd")
      let path = "\(Outside.customer)/manifest"
      let sent = try await outside.carrier(
        "POST", path, type: Outside.manifestType, ShipmentXML.transmit("WH1"))
      try validate(sent.body, "manifest.xsd")
      let href = try #require(sent.xml?.all("link").first?["href"])
      for url in [href, href + "/details"] {
        try validate(
          try await outside.carrier("GET", url, type: Outside.manifestType).body, "manifest.xsd")
      }
      let artifact = try #require(
        try await outside.carrier("GET", href, type: Outside.manifestType).href("artifact"))
      let pdf = try await outside.carrier("GET", artifact, type: "application/pdf")
      #expect(pdf.text.hasPrefix("%PDF"))
    }
  }

  @Test(
    "what the sandbox refuses as a breach of the schema, the schema refuses too",
    .enabled(if: Program.find("xmllint") != nil),
    arguments: [
      ("<company>Example Widgets</company>", ""), ("<weight>1.250", "<weight>1.2505"),
      ("<city>Mocktown", "<city>"), ("<group-id>WH1</group-id>", ""),
      ("<output-format>4x6", "<output-format>A6"),
      ("<service-code>", "<colour>red</colour><service-code>"),
    ])
  func breaches(_ old: String, _ new: String) async throws {
    let request = ShipmentXML().replacing(old, new)
    try await Outside.run { outside async throws in
      #expect(try await outside.create(request).status == 500)
    }
    #expect(throws: (any Error).self) { try validate(Array(request.text.utf8), "shipment.xsd") }
  }

  private struct Invalid: Error {
    let text: String
  }

  private func validate(_ bytes: [UInt8], _ schema: String) throws {
    let judge = try #require(Program.find("xmllint"))
    let path = (Fixtures.folder ?? "") + "/canada-post/xsd/" + schema
    try Program.withFile(bytes, ".xml") { file in
      let (status, text) = try Program.run(judge, ["--noout", "--schema", path, file])
      if status != 0 { throw Invalid(text: text) }
    }
  }
}
