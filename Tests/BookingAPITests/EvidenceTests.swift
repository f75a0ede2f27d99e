import Booking
import Bookings
import Cryptography
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

  private func verify(
    _ bytes: [UInt8], keys: [UInt8]? = nil
  ) async throws -> (status: Bool, says: String) {
    let folder = try Folder.temporary("quayside-evidence")
    defer { Folder.remove(folder) }
    let path = folder + "/evidence.json"
    try AtomicFile.write(bytes, to: path)
    var words = ["python3", Self.script]
    if let keys {
      try AtomicFile.write(keys, to: folder + "/keys.json")
      words += ["--keys", folder + "/keys.json"]
    }
    let done = try await ChildProcess.run(words + [path], deadline: .seconds(60))
    return (done.status.isSuccess, done.text + done.errorText)
  }

  /// The script as a module `v`, the file on standard input as `raw`, the server's keys as `keys`.
  private func python(
    _ code: String, input: [UInt8], keys: [UInt8], deadline: Duration = .seconds(900)
  ) async throws -> ChildProcess.Output {
    let load = """
      import importlib.machinery, importlib.util, json, sys
      loader = importlib.machinery.SourceFileLoader("v", sys.argv[1])
      spec = importlib.util.spec_from_loader("v", loader)
      v = importlib.util.module_from_spec(spec); loader.exec_module(v)
      keys = json.loads(sys.argv[2])["keys"]
      raw = sys.stdin.buffer.read()

      """
    return try await ChildProcess.run(
      ["python3", "-B", "-c", load + code, Self.script, String(decoding: keys, as: UTF8.self)],
      input: input, deadline: deadline)
  }

  private func keys(_ stand: Stand) async throws -> [UInt8] {
    try await stand.call("GET", "/api/keys.json", as: nil).bytes
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
      let keys = try await keys(stand)
      let good = try await verify(answer.bytes, keys: keys)
      #expect(good.status, "\(good.says)")
      #expect(whole.contains("answer_page") && whole.contains("Yes, book it"))
      for (from, to) in [
        ("\"quantity\":2", "\"quantity\":9"), ("\\\"quantity\\\":2", "\\\"quantity\\\":9"),
        ("\"level\":1", "\"level\":2"), ("\"state\":\"accepted\"", "\"state\":\"declined\""),
        ("Robin", "Mallory"), ("\"status\":\"confirmed\"", "\"status\":\"completed\""),
        ("\"outcome\":\"ok\"", "\"outcome\":\"no\""), (id, UUIDv7.make().text),
      ] {
        #expect(whole.contains(from), "\(from)")
        let bad = try await verify(Array(whole.replacing(from, with: to).utf8), keys: keys)
        #expect(!bad.status, "\(from)")
      }
      #expect(try await !verify(Array("[]".utf8)).status)
      // Without the server's keys the one in the file is believed, and that is said.
      let alone = try await verify(answer.bytes)
      #expect(alone.status && alone.says.contains("only the file itself names"))
      // The keys of another server do not fit.
      let foreign = JSON.object([
        ("keys", .array([try SigningKey(.make()).key.publicKey.jwk]))
      ])
      #expect(try await !verify(answer.bytes, keys: foreign.bytes).status)
      // What an older key signed can be checked when another signs.
      try await stand.service.replaceSigningKey()
      #expect(try await verify(answer.bytes, keys: self.keys(stand)).status)
      #expect(try await !verify(answer.bytes, keys: Array(#"{"keys":[]}"#.utf8)).status)
      // A person's order needs no yes.
      let manual = try await stand.call(
        "POST", "/api/orders", request(name: "Walk-in"), as: stand.staff)
      let walkIn = try await stand.call(
        "GET", "/api/orders/\(manual.orderID ?? "")/evidence", as: stand.staff)
      let fine = try await verify(walkIn.bytes, keys: self.keys(stand))
      #expect(fine.status, "\(fine.says)")
    }
  }

  @Test("not one byte of the file can be another")
  func everyByte() async throws {
    try await Stand.play { stand in
      let draft = try await stand.readyDraft(name: "Zoë \"Z\" Example")
      try await stand.tap(try await stand.ask(draft))
      let id = try #require(try await stand.book(draft).orderID)
      let answer = try await stand.call(
        "GET", "/api/orders/\(id)/evidence", as: stand.agent,
        ["X-Correlation-ID": "export-1"])
      let code = """
        assert v.check(v.read(raw), keys) == []
        def unnoticed(bytes):
          try: return not v.check(v.read(bytes), keys)
          except (ValueError, KeyError, TypeError, AttributeError, IndexError): return False
        for i in range(len(raw)):
          changed = raw[:i] + bytes([raw[i] ^ (1 << i % 8)]) + raw[i + 1:]
          assert not unnoticed(changed), (i, changed[max(0, i - 20):i + 20])
          # A letter's other case is what a lenient reader would not see.
          if chr(raw[i]).isalpha():
            changed = raw[:i] + bytes([raw[i] ^ 32]) + raw[i + 1:]
            assert not unnoticed(changed), (i, changed[max(0, i - 20):i + 20])
        for changed in [raw[:-1], raw + b" ", raw + b"}", b" " + raw, raw.replace(b",", b", ", 1)]:
          assert not unnoticed(changed), changed[:80]
        print(len(raw), "bytes")
        """
      let done = try await python(code, input: answer.bytes, keys: try await keys(stand))
      #expect(done.text == "\(answer.bytes.count) bytes\n", "\(done.errorText)")
    }
  }

  /// Makes the digest fit what was changed, and signs it, with a key that is not the server's.
  private static let forger = """
    secret = 0x1234567890abcdef
    x, y = v.times(secret, v.G)
    b64 = lambda b: v.base64.urlsafe_b64encode(b).rstrip(b"=").decode()
    mine = {"kty": "EC", "crv": "P-256", "x": b64(x.to_bytes(32, "big")), "y": b64(y.to_bytes(32, "big"))}
    def sign(payload):
      head = {"alg": "ES256", "kid": v.thumbprint(mine), "typ": "quayside-evidence+jws"}
      text = b64(v.canonical(head).encode()) + "." + b64(v.canonical(payload).encode())
      r = v.times(777, v.G)[0] % v.N
      z = int(v.digest(text), 16)
      s = pow(777, -1, v.N) * (z + r * secret) % v.N
      return text + "." + b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    def forged(change):
      f = json.loads(json.dumps(e)); change(f); f["signing_key"] = mine
      f["evidence_sha256"] = v.digest(v.canonical(
        {k: x for k, x in f.items() if k not in ("evidence_sha256", "signature")}))
      f["signature"] = sign({"evidence_sha256": f["evidence_sha256"]})
      assert v.check(f, keys), "another's signature counts as the server's"
      return v.check(f)
    e = v.read(raw)
    assert v.check(e, keys) == []
    assert forged(lambda f: None) == [], "the forger cannot sign"

    """

  @Test("the script finds what is wrong even where somebody made the file's own digest fit")
  func forged() async throws {
    try await Stand.play { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      let id = try #require(try await stand.book(draft).orderID)
      let answer = try await stand.call("GET", "/api/orders/\(id)/evidence", as: stand.agent)
      let code = """
        unreadable = []
        for change in [
          lambda f: f["order"]["items"][0].update(quantity=3),
          lambda f: f["order"].update(customer_name="Mallory"),
          lambda f: f["confirmation"].update(level=0),
          lambda f: f["confirmation"].update(level=3),
          lambda f: f["confirmation"].update(channel="signature"),
          lambda f: f["confirmation"].update(summary_sha256="0" * 64),
          lambda f: f["confirmation"].update(draft_version=99),
          lambda f: f["confirmation"].update(principal="key_other"),
          lambda f: f["confirmation"].update(expires_at="2001-01-01T00:00:00Z"),
          lambda f: f["confirmation"].update(asked_at=f["confirmation"]["answered_at"],
            expires_at=f["confirmation"]["answered_at"]),
          lambda f: f["confirmation"].update(consumed_at="2001-01-01T00:00:00Z"),
          lambda f: f["history"].append(dict(f["history"][0])),
          lambda f: f["order"].update(status="completed"),
          lambda f: f.pop("confirmation"),
          lambda f: f.update(summary=f["summary"].replace(":2,", ":2 ,")),
        ]:
          changed = json.loads(json.dumps(e)); change(changed)
          assert changed != e, "not changed"
          try: assert forged(change), "not noticed"
          except KeyError as missing: unreadable.append(missing.args[0])
        # Refused too: a yes by signature without any key.
        assert unreadable == ["customer_key"], unreadable
        print("all noticed")
        """
      let done = try await python(
        Self.forger + code, input: answer.bytes, keys: try await keys(stand))
      #expect(done.text == "all noticed\n", "\(done.errorText)")
    }
  }

  @Test("a signed yes is checked with the customer's own key, whatever the server says")
  func signedYes() async throws {
    try await Stand.play(SignatureTests.level) { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand)
      let asked = try await wallet.ask(try await stand.readyDraft(), at: stand)
      let mandate = try wallet.mandate(asked, more: [("words", "yes, please")])
      let given = try await wallet.give(mandate, to: asked, at: stand)
      #expect(given.status == 200, "\(given.text)")
      let id = try #require(try await stand.book(asked.draft).orderID)
      let answer = try await stand.call("GET", "/api/orders/\(id)/evidence", as: stand.agent)
      let code = """
        y = e["confirmation"]
        assert y["level"] == 3 and y["words"] == "yes, please"
        assert y["customer_key"]["added_by"] and y["customer_key"]["revoked_by"] is None
        part = lambda text, i: text.split(".")[i]
        def swap(f, name, at, change):
          parts = f["confirmation"][name].split(".")
          value = json.loads(v.unbase64(parts[at])); change(value)
          parts[at] = b64(v.canonical(value).encode()); f["confirmation"][name] = ".".join(parts)
        for change in [
          lambda f: swap(f, "mandate", 1, lambda m: m.update(decision="no")),
          lambda f: swap(f, "mandate", 1, lambda m: m.update(confirmation_id="x")),
          lambda f: swap(f, "mandate", 0, lambda m: m.update(alg="none")),
          lambda f: swap(f, "question", 1, lambda q: q["summary"].update(total="1.00")),
          lambda f: swap(f, "question", 1, lambda q: q.update(confirmation_id="x")),
          lambda f: f["confirmation"]["customer_key"].update(public_key=mine),
          lambda f: f["confirmation"]["customer_key"].update(customer_phone="9025550111"),
          lambda f: f["confirmation"].update(channel="page"),
          lambda f: f["confirmation"].update(mandate=f["confirmation"]["question"]),
        ]:
          assert forged(change), "not noticed"
        print("all noticed")
        """
      let done = try await python(
        Self.forger + code, input: answer.bytes, keys: try await keys(stand))
      #expect(done.text == "all noticed\n", "\(done.errorText)")
    }
  }
}
