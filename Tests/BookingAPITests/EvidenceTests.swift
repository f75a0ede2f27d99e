import Bookings
import Glibc
import HTTP
import Kit
import Testing

@Suite("Evidence")
struct EvidenceTests {
  /// This file is in Tests/BookingAPITests of the package.
  static let script =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    + "/tools/verify-evidence"

  private func verify(_ text: String) async throws -> (status: Bool, says: String) {
    let folder = try Folder.temporary("quayside-evidence")
    defer { Folder.remove(folder) }
    let path = folder + "/evidence.json"
    try AtomicFile.write(Array(text.utf8), to: path)
    let done = try await ChildProcess.run(
      ["python3", Self.script, path], deadline: .seconds(60))
    return (done.status.isSuccess, done.text + done.errorText)
  }

  @Test("an order's evidence is checked without us, and every change of it is noticed")
  func evidence() async throws {
    try await Stand.play { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      let id = try #require(try await stand.book(draft).orderID)
      try await stand.step(
        "POST", "/api/orders/\(id)/status", ["status": "confirmed"], stand.staff)
      let answer = try await stand.call("GET", "/api/orders/\(id)/evidence", as: stand.agent)
      let whole = answer.text
      let good = try await verify(whole)
      #expect(good.status, "\(good.says)")
      #expect(whole.contains("answer_page") && whole.contains("Yes, book it"))
      for (from, to) in [
        ("\"quantity\":2", "\"quantity\":9"), ("\\\"quantity\\\":2", "\\\"quantity\\\":9"),
        ("\"level\":1", "\"level\":2"), ("\"state\":\"accepted\"", "\"state\":\"declined\""),
        ("Robin", "Mallory"), ("\"status\":\"confirmed\"", "\"status\":\"completed\""),
        ("\"outcome\":\"ok\"", "\"outcome\":\"no\""), (id, UUIDv7.make().text),
      ] {
        #expect(whole.contains(from), "\(from)")
        let bad = try await verify(whole.replacing(from, with: to))
        #expect(!bad.status, "\(from)")
      }
      let none = try await verify("[]")
      #expect(!none.status)
      // A person's order needs no yes.
      let manual = try await stand.call(
        "POST", "/api/orders", request(name: "Walk-in"), as: stand.staff)
      let walkIn = try await stand.call(
        "GET", "/api/orders/\(manual.orderID ?? "")/evidence", as: stand.staff)
      let fine = try await verify(walkIn.text)
      #expect(fine.status, "\(fine.says)")
    }
  }

  @Test("the script finds what is wrong even where somebody made the file's own digest fit")
  func forged() async throws {
    try await Stand.play { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      let id = try #require(try await stand.book(draft).orderID)
      let answer = try await stand.call("GET", "/api/orders/\(id)/evidence", as: stand.agent)
      // Python does the forging, with the script's own canonical form.
      let forge = """
        import importlib.machinery, importlib.util, json, sys
        loader = importlib.machinery.SourceFileLoader("v", sys.argv[1])
        spec = importlib.util.spec_from_loader("v", loader)
        v = importlib.util.module_from_spec(spec); loader.exec_module(v)
        e = json.load(sys.stdin)["evidence"]
        assert v.check(e) == []
        def forged(change):
          f = json.loads(json.dumps(e)); change(f)
          f["evidence_sha256"] = v.digest(v.canonical({k: x for k, x in f.items() if k != "evidence_sha256"}))
          return v.check(f)
        for change in [
          lambda f: f["order"]["items"][0].update(quantity=3),
          lambda f: f["order"].update(customer_name="Mallory"),
          lambda f: f["confirmation"].update(level=0),
          lambda f: f["confirmation"].update(summary_sha256="0" * 64),
          lambda f: f["confirmation"].update(draft_version=99),
          lambda f: f["confirmation"].update(principal="key_other"),
          lambda f: f["confirmation"].update(expires_at="2001-01-01T00:00:00Z"),
          lambda f: f["confirmation"].update(consumed_at="2001-01-01T00:00:00Z"),
          lambda f: f["history"].append(dict(f["history"][0])),
          lambda f: f["order"].update(status="completed"),
          lambda f: f.pop("confirmation"),
          lambda f: f.update(summary=f["summary"].replace(":2,", ":2 ,")),
        ]:
          assert forged(change), "not noticed"
        print("all noticed")
        """
      let done = try await ChildProcess.run(
        ["python3", "-c", forge, Self.script], input: answer.bytes, deadline: .seconds(60))
      #expect(done.text == "all noticed\n", "\(done.errorText)")
    }
  }
}
