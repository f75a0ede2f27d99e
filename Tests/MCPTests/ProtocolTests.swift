import AgentStage
import HTTP
import Kit
import Testing

/// The rules of the wire, modern and legacy, and what comes of breaking them.
@Suite("The protocol at /mcp", .serialized)
struct ProtocolTests {
  @Test("the modern revision is discovered, and lists what a key can use")
  func modern() async throws {
    try await AgentStage.play { stage in
      let agent = RawClient(stage)
      let discovered = try await agent.modern("server/discover")
      #expect(discovered.result?["supportedVersions"]?.elements.first?.string == RawClient.modern)
      #expect(discovered.result?["resultType"]?.string == "complete")
      #expect(discovered.headers["Mcp-Session-Id"] == nil)
      let tools = try await agent.modern("tools/list").result?["tools"]?.elements ?? []
      let names = tools.compactMap { $0["name"]?.string }
      #expect(names.contains("book_draft") && names.contains("offer_items"))
      #expect(!names.contains("create_order") && !names.contains("approve_draft"))
      let again = try await agent.modern("tools/list").result?["tools"]?.elements
      #expect(again?.map(\.rawText) == tools.map(\.rawText))
      let staff = try await RawClient(stage, key: stage.staff).modern("tools/list")
      let theirs = staff.result?["tools"]?.elements.compactMap { $0["name"]?.string } ?? []
      #expect(theirs.contains("create_order") && theirs.contains("approve_draft"))
      for tool in tools {
        #expect(tool["inputSchema"]?["type"]?.string == "object")
        #expect(tool["inputSchema"]?["additionalProperties"]?.bool == false)
        #expect(tool["outputSchema"]?["type"]?.string == "object")
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
          #expect(tool["annotations"]?[hint]?.kind == .bool)
        }
      }
      func hint(_ name: String, _ hint: String) -> Bool? {
        tools.first { $0["name"]?.string == name }?["annotations"]?[hint]?.bool
      }
      #expect(hint("read_draft", "readOnlyHint") == true)
      #expect(hint("book_draft", "readOnlyHint") == false)
      #expect(hint("book_draft", "idempotentHint") == true)
      #expect(hint("cancel_draft", "destructiveHint") == true)
    }
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var name: String
    var status: Int
    var code: Int64
    var change: @Sendable (inout HTTPHeaders) -> Void = { _ in }
    var meta: JSON = RawClient.meta()
    var method = "tools/list"
    var params: [(String, JSON)] = []
    var testDescription: String { name }
  }

  static let bad: [Bad] = [
    Bad(name: "no Mcp-Method", status: 400, code: -32020, change: { $0["Mcp-Method"] = nil }),
    Bad(name: "another method", status: 400, code: -32020, change: { $0["Mcp-Method"] = "ping" }),
    Bad(
      name: "two methods", status: 400, code: -32020, change: { $0.append("Mcp-Method", "ping") }),
    Bad(
      name: "no version", status: 400, code: -32020, change: { $0["MCP-Protocol-Version"] = nil }),
    Bad(
      name: "two versions", status: 400, code: -32020,
      change: { $0.append("MCP-Protocol-Version", "2025-06-18") }),
    Bad(
      name: "another version in _meta", status: 400, code: -32020,
      meta: RawClient.meta(version: "2025-11-25")),
    Bad(
      name: "a version that is not spoken", status: 400, code: -32022,
      change: { $0["MCP-Protocol-Version"] = "2031-01-01" },
      meta: RawClient.meta(version: "2031-01-01")),
    Bad(name: "an empty _meta", status: 400, code: -32602, meta: [:]),
    Bad(name: "no _meta", status: 400, code: -32602, meta: .null),
    Bad(
      name: "no capabilities", status: 400, code: -32602,
      meta: ["io.modelcontextprotocol/protocolVersion": .string(RawClient.modern)]),
    Bad(name: "capabilities of another kind", status: 400, code: -32602, meta: RawClient.meta("x")),
    Bad(name: "an unknown method", status: 404, code: -32601, method: "resources/list"),
    Bad(name: "a method of the legacy era", status: 404, code: -32601, method: "initialize"),
    Bad(
      name: "another tool in Mcp-Name", status: 400, code: -32020,
      change: { $0["Mcp-Name"] = "read_draft" }, method: "tools/call",
      params: [("name", "open_draft")]),
    Bad(
      name: "no Mcp-Name", status: 400, code: -32020, change: { $0["Mcp-Name"] = nil },
      method: "tools/call", params: [("name", "open_draft")]),
    Bad(
      name: "an unknown tool", status: 400, code: -32602, method: "tools/call",
      params: [("name", "drop_tables")]),
    Bad(
      name: "a tool of another kind of key", status: 400, code: -32602, method: "tools/call",
      params: [("name", "approve_draft")]),
    Bad(
      name: "arguments that are no object", status: 400, code: -32602, method: "tools/call",
      params: [("name", "open_draft"), ("arguments", [1])]),
    Bad(
      name: "a state that is no text", status: 400, code: -32602, method: "tools/call",
      params: [("name", "open_draft"), ("requestState", 1)]),
  ]

  @Test("whoever breaks a rule of the modern revision is told which", arguments: bad)
  func rules(_ bad: Bad) async throws {
    try await AgentStage.play { stage in
      let answer = try await RawClient(stage).modern(
        bad.method, bad.params, meta: bad.meta, change: bad.change)
      #expect(answer.status == bad.status && answer.rpcCode == bad.code, "\(answer.text)")
    }
  }

  static let hostile: [(String, Int, Int64?)] = [
    ("", 400, -32700), ("{", 400, -32700), ("null", 400, -32600), ("7", 400, -32600),
    ("\"x\"", 400, -32600), ("{}", 400, -32600), ("[]", 400, -32600),
    (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, 400, -32600),
    (#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":1e400,"method":"ping"}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":1,"method":7}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":1,"method":""}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, 400, -32600),
    (#"{"jsonrpc":"2.0","id":1}"#, 400, -32600),
    (
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + String(repeating: "m", count: 500) + "\"}",
      400, -32600
    ),
    (String(repeating: "[", count: 200_000), 400, -32700),
    (
      String(repeating: "{\"a\":", count: 100) + "1" + String(repeating: "}", count: 100), 400,
      -32700
    ),
    ("{\"jsonrpc\":\"2.0\",\"id\":\"" + String(repeating: "i", count: 300_000) + "\"}", 413, nil),
  ]

  @Test("hostile bodies are answered, and nothing else happens")
  func bodies() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      for (body, status, code) in Self.hostile {
        for headers in [["MCP-Protocol-Version": RawClient.modern], [:]] as [HTTPHeaders] {
          let answer = try await client.post(body, headers)
          let isArray = body == "[]" && headers["MCP-Protocol-Version"] == nil
          #expect(answer.status == status || isArray, "\(body.prefix(80)) \(answer.status)")
          #expect(answer.rpcCode == code || isArray, "\(body.prefix(80)) \(answer.text)")
        }
      }
      let broken = try await stage.send(
        "POST", "/mcp", [0x7b, 0x22, 0xff, 0xfe, 0x22], as: stage.agent)
      #expect(broken.status == 400 && broken.rpcCode == -32700)
      #expect(try await client.modern("tools/list").status == 200)
    }
  }

  @Test("who has no key, another origin, another method or another type stays outside")
  func doors() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
      for key in [nil, "", "qsk_wrong", stage.agent + "x"] as [String?] {
        let answer = try await stage.send("POST", "/mcp", Array(ping.utf8), as: key)
        #expect(answer.status == 401 && answer.headers["WWW-Authenticate"] == "Bearer")
      }
      let origins = [
        "https://evil.example", "null", "http://localhost.evil.example", "http://127.0.0.1.nip.io",
        "http://localhost:8080@evil.example", "https://agents.example.com.evil.example", "file://",
        "http://localhost:80a",
      ]
      for origin in origins {
        let answer = try await client.modern("tools/list") { $0["Origin"] = origin }
        #expect(answer.status == 403, "\(origin)")
      }
      for origin in ["https://agents.example.com", "http://localhost:3000", "http://127.0.0.1"] {
        let answer = try await client.modern("tools/list") { $0["Origin"] = origin }
        #expect(answer.status == 200, "\(origin)")
      }
      let two = try await client.modern("tools/list") {
        $0.append("Origin", "https://agents.example.com")
        $0.append("Origin", "https://evil.example")
      }
      #expect(two.status == 403)
      for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let answer = try await stage.send(
          method, "/mcp", nil, as: stage.agent, ["MCP-Protocol-Version": RawClient.modern])
        #expect(answer.status == 405 && answer.headers["Allow"] == "POST")
      }
      #expect(try await stage.send("GET", "/mcp", nil, as: stage.agent).status == 405)
      let form = try await stage.send(
        "POST", "/mcp", Array(ping.utf8), as: stage.agent,
        ["Content-Type": "application/x-www-form-urlencoded"])
      #expect(form.status == 415)
    }
  }

  @Test("arguments are checked by the API's own schemas, and refusals are for the model to read")
  func arguments() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let draft = try await stage.readyDraft()
      let wrong: [JSON] = [
        ["draft_id": .string(draft), "confirm": true],
        ["draft_id": .string(draft), "confirmed": "yes"], ["draft_id": "1; drop table orders"],
        [:], ["draft_id": 7], ["draft_id": .string(draft), "idempotency_key": "with blank"],
        ["draft_id": .string(draft), "version": "1"],
        .raw("{\"draft_id\":\"\(draft)\",\"draft_id\":\"\(draft)\"}"),
      ]
      for arguments in wrong {
        let answer = try await client.modern(
          "tools/call", [("name", "book_draft"), ("arguments", arguments)])
        #expect(answer.result?["isError"]?.bool == true, "\(arguments.text)")
        #expect(answer.toolText.contains("INVALID_REQUEST"), "\(answer.toolText)")
      }
      #expect(try await stage.orders() == 0)
      let guessed = try await client.modern(
        "tools/call",
        [
          ("name", "set_items"),
          (
            "arguments",
            ["draft_id": .string(draft), "items": [["id": "GOLD-1", "quantity": 1]]]
          ),
        ])
      #expect(guessed.toolText.contains("UNKNOWN_ITEM"))
    }
  }

  @Test("a legacy session is begun, kept by its key, and ended")
  func sessions() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      for version in ["2025-11-25", "2025-06-18", "2025-03-26"] {
        #expect(try await client.begin(version)["MCP-Protocol-Version"] == version)
      }
      for version in ["2024-11-05", "2026-07-28", "1", "2031-01-01"] {
        #expect(try await client.begin(version)["MCP-Protocol-Version"] == "2025-11-25")
      }
      let session = try await client.begin("2025-06-18")
      let ping = #"{"jsonrpc":"2.0","id":"a","method":"ping"}"#
      let pong = try await client.post(ping, session)
      #expect(pong.status == 200 && pong.result?.kind == .object)
      #expect(pong.json?["id"]?.string == "a")
      let note = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
      #expect(try await client.post(note, session).status == 202)
      #expect(try await client.post(ping).status == 400)
      var other = session
      other["MCP-Protocol-Version"] = "2025-11-25"
      #expect(try await client.post(ping, other).status == 400)
      other["MCP-Protocol-Version"] = "1999-01-01"
      #expect(try await client.post(ping, other).rpcCode == -32022)
      other["MCP-Protocol-Version"] = nil
      #expect(try await client.post(ping, other).status == 200)
      let thief = RawClient(stage, key: stage.otherAgent)
      #expect(try await thief.post(ping, session).status == 404)
      let unknown = try await client.post(
        #"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, session)
      #expect(unknown.status == 200 && unknown.rpcCode == -32601)
      let unasked = #"{"jsonrpc":"2.0","id":"ask-1","result":{"action":"accept"}}"#
      #expect(try await client.post(unasked, session).status == 400)
      let array = "[\(ping),\(ping)]"
      #expect(try await client.post(array, session).status == 400)
      #expect(
        try await stage.send("DELETE", "/mcp", nil, as: stage.otherAgent, session).status == 404)
      #expect(try await stage.send("DELETE", "/mcp", nil, as: stage.agent, session).status == 204)
      #expect(try await client.post(ping, session).status == 404)
    }
  }

  @Test("the first legacy revision has batches, and neither dialogs nor structure")
  func first() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let session = try await client.begin("2025-03-26")
      let ping = #"{"jsonrpc":"2.0","id":"a","method":"ping"}"#
      let note = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
      let batch = try await client.post("[\(ping),\(note),{},\(ping)]", session)
      #expect(batch.json?.elements.count == 3, "\(batch.text)")
      #expect(try await client.post("[\(note)]", session).status == 202)
      #expect(try await client.post("[]", session).status == 400)
      let many = "[" + Array(repeating: ping, count: 33).joined(separator: ",") + "]"
      #expect(try await client.post(many, session).status == 400)
      let begin = #"[{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}]"#
      #expect(try await client.post(begin, session).text.contains("-32600"))
      let draft = try await stage.readyDraft()
      let book = """
        {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"book_draft",\
        "arguments":{"draft_id":"\(draft)"}}}
        """
      let booked = try await client.post(book, session)
      #expect(booked.toolText.contains("CONFIRMATION_REQUIRED"))
      let list = try await client.post(
        #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, session)
      #expect(list.result?["tools"]?.elements.first?["outputSchema"] == nil)
      #expect(list.result?["tools"]?.elements.isEmpty == false)
    }
  }

  @Test("a legacy client that reads no events is never asked, and told what to do instead")
  func noEvents() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      var session = try await client.begin("2025-11-25")
      session["Accept"] = "application/json"
      let draft = try await stage.readyDraft()
      let answer = try await client.post(
        """
        {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"book_draft",\
        "arguments":{"draft_id":"\(draft)"}}}
        """, session)
      #expect(answer.toolText.contains("CONFIRMATION_REQUIRED"))
      #expect(try await stage.orders() == 0)
    }
  }
}
