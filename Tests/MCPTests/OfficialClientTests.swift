import AgentStage
import ClusterStage
import Kit
import Testing

/// What PyPI's `mcp` makes of our doors, in both eras and on both transports.
@Suite("The official MCP client", .serialized, .enabled(if: Python.hasClient))
struct OfficialClientTests {
  static let deadline = Duration.seconds(120)

  static func check(
    _ stage: AgentStage, _ draft: String, mode: String, answer: String, more: [String] = [],
    key: String? = nil
  ) async throws -> JSONValue {
    let done = try await ChildProcess.run(
      [
        Python.path, Python.root + "/tools/mcp-check", draft, "--url", stage.url + "/mcp", "--mode",
        mode, "--answer", answer,
      ] + more,
      environment: Python.environment(["QUAYSIDE_AGENT_KEY": key ?? stage.agent]),
      deadline: deadline)
    try #require(done.status.isSuccess, "\(done.text)\(done.errorText.suffix(3_000))")
    return try JSONValue.parse(done.output)
  }

  static let modes = ["modern", "auto", "legacy"]

  @Test("the customer's accept in the client's dialog books, once", arguments: modes)
  func accepts(_ mode: String) async throws {
    try await AgentStage.play { stage in
      let draft = try await stage.readyDraft()
      let said = try await Self.check(
        stage, draft, mode: mode, answer: "accept", more: ["--times", "3"])
      #expect(said["version"]?.string == (mode == "legacy" ? "2025-11-25" : "2026-07-28"))
      #expect(said["asked"]?.elements.count == 1)
      let message = said["asked"]?.elements.first?["message"]?.string ?? ""
      #expect(message.contains("2 x Green tea, 9.00 CAD") && message.contains("Robin Example"))
      let results = said["results"]?.elements ?? []
      #expect(results.count == 3)
      let ids = Set(results.compactMap { $0["structured"]?["order"]?["order_id"]?.string })
      #expect(ids.count == 1)
      #expect(try await stage.orders() == 1)
      let order = try await stage.api("GET", "/api/orders/\(ids.first ?? "")/evidence")
      #expect(order["evidence"]?["confirmation"]?["words"]?.string == "yes please, Robin")
      #expect(order["evidence"]?["confirmation"]?["channel"]?.string == "elicitation")
      #expect(order["evidence"]?["confirmation"]?["level"]?.int == 1)
    }
  }

  @Test(
    "anything but an accept with a tick books nothing", arguments: modes,
    [
      ("decline", "CONFIRMATION_DECLINED"), ("cancel", "CONFIRMATION_REQUIRED"),
      ("none", "CONFIRMATION_REQUIRED"), ("empty", "-32602"),
    ])
  func refuses(_ mode: String, _ answer: (name: String, code: String)) async throws {
    try await AgentStage.play { stage in
      let draft = try await stage.readyDraft()
      let said = try await Self.check(stage, draft, mode: mode, answer: answer.name)
      let result = said["results"]?.elements.first
      if answer.code.hasPrefix("-") {
        #expect(result?["code"]?.int == Int64(answer.code))
      } else {
        #expect(result?["isError"]?.bool == true)
        #expect(result?["text"]?.string?.contains("\"\(answer.code)\"") == true, "\(said.rawText)")
      }
      #expect(try await stage.orders() == 0)
      #expect(try await stage.step(of: draft) == "final_confirmation")
    }
  }

  @Test("an accept that is sent again books nothing more, whatever it is sent for")
  func replays() async throws {
    try await AgentStage.play { stage in
      let (draft, other) = (try await stage.readyDraft(), try await stage.readyDraft(quantity: 3))
      let said = try await Self.check(
        stage, draft, mode: "modern", answer: "accept", more: ["--replay", other])
      let rounds = said["rounds"]?.elements ?? []
      #expect(rounds.count == 4)
      let first = rounds.first?["structured"]?["order"]?["order_id"]?.string
      #expect(first != nil)
      // The same call again: the same order. Another key for the same yes: refused. Another draft: no.
      #expect(rounds[1]["structured"]?["order"]?["order_id"]?.string == first)
      #expect(rounds[2]["text"]?.string?.contains("DRAFT_CLOSED") == true)
      #expect(rounds[3]["code"]?.int == -32602)
      #expect(try await stage.orders() == 1)
      #expect(try await stage.consents() == 1)
    }
  }

  @Test("twelve clients at once book what each of their customers accepted")
  func many() async throws {
    try await AgentStage.play { stage in
      try await withThrowingTaskGroup(of: String?.self) { group in
        for i in 0..<12 {
          let draft = try await stage.readyDraft(quantity: Int64(i + 1))
          let (mode, answer) = (Self.modes[i % 3], i % 4 == 3 ? "decline" : "accept")
          group.addTask {
            let said = try await Self.check(
              stage, draft, mode: mode, answer: answer, more: ["--key", "k\(i)"])
            let message = said["asked"]?.elements.first?["message"]?.string
            #expect(message?.contains("\(i + 1) x Green tea") == true)
            return said["results"]?.elements.first?["structured"]?["order"]?["order_id"]?.string
          }
        }
        var ids: Set<String> = []
        for try await id in group { if let id { ids.insert(id) } }
        #expect(ids.count == 9)
      }
      #expect(try await stage.orders() == 9)
    }
  }

  @Test("a client that goes away in the midst of the question leaves nothing behind")
  func leaves() async throws {
    try await AgentStage.play { stage in
      let draft = try await stage.readyDraft()
      for mode in ["legacy", "modern"] {
        let folder = try Folder.temporary("quayside-mcp")
        defer { Folder.remove(folder) }
        let child = try ChildProcess.start(
          [
            Python.path, Python.root + "/tools/mcp-check", draft, "--url", stage.url + "/mcp",
            "--mode", mode, "--answer", "hang",
          ],
          .init(
            environment: Python.environment(["QUAYSIDE_AGENT_KEY": stage.agent]),
            output: .file(folder + "/out"), error: .file(folder + "/err")))
        let ends = ContinuousClock.now + Self.deadline
        while String(decoding: Folder.bytes(of: folder + "/out"), as: UTF8.self) != "asked\n" {
          try #require(ContinuousClock.now < ends)
          try await Task.sleep(for: .milliseconds(20))
        }
        child.kill(9, group: false)
        _ = await child.wait()
      }
      #expect(try await stage.orders() == 0)
      // The draft is as good as before, and the next client books it.
      let said = try await Self.check(stage, draft, mode: "legacy", answer: "accept")
      #expect(said["results"]?.elements.first?["structured"] != nil)
      #expect(try await stage.orders() == 1)
    }
  }

  @Test(
    "standard input and output serve both eras, from the database and from a server",
    arguments: ["modern", "auto", "legacy"], [false, true])
  func stdio(_ mode: String, _ isFar: Bool) async throws {
    try await AgentStage.play { stage in
      let draft = try await stage.readyDraft()
      let state = try Folder.temporary("quayside-mcp-state")
      defer { Folder.remove(state) }
      let done = try await ChildProcess.run(
        [
          Python.path, Python.root + "/tools/mcp-check", draft, "--mode", mode, "--",
          Python.program, "mcp",
        ] + (isFar ? ["--url", stage.url + "/mcp"] : []),
        environment: Python.environment([
          "QUAYSIDE_AGENT_KEY": stage.agent, "QUAYSIDE_STATE": state,
          "DATABASE_URL": try await TestCluster.agents.url(of: stage.configuration),
        ]), deadline: Self.deadline)
      try #require(done.status.isSuccess, "\(done.text)\(done.errorText.suffix(3_000))")
      let said = try JSONValue.parse(done.output)
      #expect(said["version"]?.string == (mode == "legacy" ? "2025-11-25" : "2026-07-28"))
      #expect(said["results"]?.elements.first?["structured"]?["order"] != nil, "\(said.rawText)")
      #expect(try await stage.orders() == 1)
    }
  }
}
