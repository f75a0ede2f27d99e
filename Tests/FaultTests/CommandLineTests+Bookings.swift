import Assembly
import HTTP
import HTTPClient
import Kit
import Testing

extension FaultTests.CommandLineTests {
  @Test("a business has a clock, which somebody knows, and is told what its levels lack")
  func timeZone() async throws {
    try await Stage.play { stage in
      let added = try await stage.run([
        "business", "add", "tea-house", "--name", "Tea House", "--time-zone", "America/Halifax",
      ])
      #expect(added.status == .init(code: 0), "\(added.errorText)")
      let refused = try await stage.run([
        "business", "set", "tea-house", "--time-zone", "Mars/Olympus",
      ])
      #expect(refused.status == .init(code: 2))
      #expect(refused.errorText.contains("nobody knows the time zone 'Mars/Olympus'"))
      // What was added takes a yes of level 2 from 100.00 on, and nobody can bring one.
      #expect(added.errorText.contains("QUAYSIDE_COURIER_COMMAND"), "\(added.errorText)")
      #expect(try await stage.run(["doctor"]).text.contains("BAD courier"))
      let set = try await stage.run(
        ["business", "set", "tea-house"], ["QUAYSIDE_COURIER_COMMAND": "true"])
      #expect(!set.errorText.contains("COURIER"), "\(set.errorText)")
      let plain = try await stage.run(["business", "set", "tea-house", "--levels", "0:1"])
      #expect(!plain.errorText.contains("COURIER"), "\(plain.errorText)")
      let lives = try await stage.run([
        "business", "set", "tea-house", "--confirmation-life", "1h", "--draft-life", "2d",
      ])
      #expect(lives.status == .init(code: 0), "\(lives.errorText)")
      for wrong in ["0s", "500ms", "8d", "soon"] {
        let refused = try await stage.run([
          "business", "set", "tea-house", "--confirmation-life", wrong,
        ])
        #expect(refused.status == .init(code: 2), "\(wrong)")
      }
      let shown = try await stage.json(["business", "show", "tea-house"])
      let all = try await stage.json(["business", "list"])
      #expect(all.elements.map(\.rawText) == [shown.rawText])
      #expect(try await stage.run(["business", "list"]).text.contains("Tea House"))
      #expect(shown["confirmation_seconds"]?.int == 3_600)
      #expect(shown["draft_seconds"]?.int == 172_800)
      #expect(shown["time_zone"]?.string == "America/Halifax")
    }
  }

  @Test("a key that leaked is found by its name and its use, and revoked")
  func keys() async throws {
    try await Stage.play { stage in
      _ = try await stage.run(["business", "add", "tea-house"])
      let made = try await stage.json(["key", "new", "tea-house", "--name", "assistant"])
      _ = try await stage.run(["key", "new", "tea-house", "--kind", "staff"])
      let id = try #require(made["key_id"]?.string)
      // An agent that looks around uses its key.
      let looked = try await stage.run(
        ["mcp"], ["QUAYSIDE_AGENT_KEY": made["secret"]?.string ?? ""])
      #expect(looked.status == .init(code: 0), "\(looked.errorText)")
      let listed = try await stage.json(["key", "list", "tea-house"]).elements
      #expect(listed.compactMap { $0["name"]?.string } == ["assistant", "staff"])
      #expect(listed.first?["key_id"]?.string == id && listed.first?["kind"]?.string == "agent")
      #expect(listed.map { $0["last_used_at"]?.isNull } == [false, true])
      #expect(listed.allSatisfy { $0["revoked_at"]?.isNull == true && $0["secret"] == nil })
      #expect(try await stage.run(["key", "revoke", id]).status == .init(code: 0))
      let after = try await stage.json(["key", "list", "tea-house"]).elements
      #expect(after.map { $0["revoked_at"]?.isNull } == [false, true])
      let table = try await stage.run(["key", "list", "tea-house"]).text
      #expect(table.contains("LAST USED") && table.contains("never"), "\(table)")
      #expect(try await stage.run(["key", "list", "nobody"]).status != .init(code: 0))
    }
  }

  @Test("what is over the limits is told once, listed, and approved as it is printed")
  func approval() async throws {
    try await Stage.play { stage in
      let told = stage.folder + "/told"
      stage.environment["QUAYSIDE_NOTIFY_COMMAND"] = "cat >> '\(told)'"
      let server = try await stage.keep()
      _ = try await stage.run([
        "business", "add", "tea-house", "--catalogue", "off", "--line-max", "5",
      ])
      let key = try await stage.json(["key", "new", "tea-house"])["secret"]?.string ?? ""
      let line = stage.output(of: server).split(separator: "\n").first.map(String.init) ?? ""
      let http = HTTPClient(.init(allowedOrigins: [try #require(Origin(url: line))]))
      func call(_ method: String, _ path: String, _ body: JSON) async throws -> JSONValue {
        let answer = try await http.send(
          HTTPClientRequest(
            method: method, url: line.dropLast() + path,
            headers: ["Authorization": "Bearer " + key, "Content-Type": "application/json"],
            body: body.bytes, deadline: .seconds(60)))
        return try #require(try JSONValue.parse(answer.body)["draft"])
      }
      let draft =
        "/api/drafts/" + (try await call("POST", "/api/drafts", [:])["draft_id"]?.string ?? "")
      let id = String(draft.dropFirst("/api/drafts/".count))
      let listed = try await call(
        "PUT", draft + "/items", ["items": [["name": "Green tea", "quantity": 6]]])
      _ = try await call(
        "POST", draft + "/items/confirmation",
        ["items_sha256": .string(listed["items_sha256"]?.string ?? "")])
      _ = try await call(
        "PUT", draft + "/details",
        ["customer_name": "Robin Example", "customer_phone": "902 555 0199"])
      let early = try await stage.run(["approve", id])
      #expect(early.status == .init(code: 1), "\(early.errorText)")
      for _ in 0..<2 { _ = try await call("POST", draft + "/summary", [:]) }
      let waiting = try await stage.json(["drafts", "tea-house", "--needs-approval"]).elements
      #expect(waiting.compactMap { $0["draft_id"]?.string } == [id])
      let table = try await stage.run(["drafts", "tea-house"]).text
      #expect(table.contains("6 of Green tea is more than 5 of one item"), "\(table)")
      try await eventually("the business is told") { !Folder.bytes(of: told).isEmpty }
      let approved = try await stage.run(["approve", id])
      #expect(approved.text.contains("- 6 x Green tea"), "\(approved.text)\(approved.errorText)")
      #expect(try await stage.json(["drafts", "tea-house", "--needs-approval"]).elements.isEmpty)
      #expect(try await stage.run(["approve", id]).status == .init(code: 1))
      #expect(try await stage.run(["approve", "nonsense"]).status == .init(code: 5))
      await stage.letGo(server)
      let words = String(decoding: Folder.bytes(of: told), as: UTF8.self)
      #expect(words.split(separator: "DraftApproval").count == 2, "\(words)")
      #expect(words.contains("quayside approve \(id)"), "\(words)")
    }
  }
}
