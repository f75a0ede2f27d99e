import HTTP
import Kit
import Ledger
import People
import Postgres
import Testing
import Web

@Suite(.serialized) struct SignInTests {
  @Test func theFirstPageMakesTheOwnerAndThenTheDoorIsClosedForGood() async throws {
    try await withSite { site, ledger in
      let early = Browser(site)
      #expect(text(await early.get("/sign-in")).contains("Nobody has an account yet"))
      // Eight at the same moment: one owner, whoever it is.
      let answers = await withTaskGroup(of: Int.self) { group in
        for i in 0..<8 {
          group.addTask { await Browser(site).beFirst("owner\(i)").status }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count { $0 == 303 } == 1 && answers.count { $0 == 409 } == 7)
      #expect(try await ledger.people().count == 1)
      #expect(try await ledger.people().first?.role == .owner)
      #expect(await early.beFirst("late").status == 409)
      #expect(!text(await early.get("/sign-in")).contains("Nobody has an account yet"))
      let trail = try await ledger.audit(limit: 10)
      #expect(trail.map(\.action) == ["sign_in.done", "person.first_owner"])
    }
  }

  @Test func anAccountFromTheCommandLineClosesTheDoorToo() async throws {
    try await withSite { site, ledger in
      try await add("kim", .viewer, to: ledger)
      #expect(await Browser(site).beFirst("stranger").status == 409)
      #expect(try await ledger.people().map(\.name) == ["kim"])
    }
  }

  @Test func aWrongPasswordIsRefusedAndTooManyLockTheName() async throws {
    try await withSite { site, ledger in
      try await add("kim", .viewer, to: ledger)
      let browser = Browser(site)
      for _ in 1...3 { #expect(await browser.signIn("kim", "wrong password").status == 403) }
      // Locked: the right one does not help now, from anywhere.
      #expect(await browser.signIn("kim").status == 429)
      let elsewhere = Browser(site)
      elsewhere.address = "192.0.2.77"
      #expect(await elsewhere.signIn("kim").status == 429)
      // Somebody else comes in meanwhile.
      try await add("lee", .viewer, to: ledger)
      #expect(await elsewhere.signIn("lee").status == 303)
      let actions = try await ledger.audit(subject: "person:kim", limit: 10).map(\.action)
      #expect(
        actions == [
          "sign_in.locked", "sign_in.locked", "sign_in.refused", "sign_in.refused",
          "sign_in.refused", "person.add",
        ])
    }
  }

  @Test func triesAtTheSameMomentCountTogether() async throws {
    try await withSite { site, ledger in
      try await add("kim", .viewer, to: ledger)
      let answers = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<12 {
          group.addTask { await Browser(site).signIn("kim", "wrong password").status }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count { $0 == 403 } == 3 && answers.count { $0 == 429 } == 9)
    }
  }

  @Test func oneAddressCannotTryManyNames() async throws {
    try await withSite { site, ledger in
      let browser = Browser(site)
      for i in 1...6 { #expect(await browser.signIn("name\(i)", "a wrong password").status == 403) }
      #expect(await browser.signIn("name7", "a wrong password").status == 429)
    }
  }

  @Test func nothingIsShownToWhoIsNotSignedIn() async throws {
    try await withSite { site, _ in
      let stranger = Browser(site)
      for target in ["/", "/orders", "/effects", "/people", "/people/audit", "/account"] {
        let answer = await stranger.get(target)
        #expect(answer.status == 303 && answer.headers["Location"]?.hasPrefix("/sign-in") == true)
      }
      for target in ["/orders.json", "/counts.json", "/orders/order-1.json", "/events"] {
        #expect(await stranger.get(target).status == 401, "\(target)")
      }
      #expect(await stranger.submit("/people", [("name", "x")]).status == 303)
      #expect(await stranger.get("/healthz").status == 200)
      #expect(await stranger.get("/metrics").status == 200)
    }
  }

  @Test func signingInGoesOnToAnAddressOfOursAndNoOther() async throws {
    try await withSite { site, ledger in
      try await add("kim", .viewer, to: ledger)
      for (then, expected) in [
        ("/orders?status=parked", "/orders?status=parked"), ("//evil.example", "/"),
        ("/\\evil.example", "/"), ("https://evil.example", "/"), ("/a\r\nSet-Cookie: x=y", "/"),
        ("", "/"),
      ] {
        let answer = await Browser(site).post(
          "/sign-in", from: "/sign-in",
          [("name", "kim"), ("password", Browser.password), ("then", then)])
        #expect(answer.status == 303 && answer.headers["Location"] == expected)
      }
    }
  }

  @Test func aSessionsCookieIsOutOfReachAndSigningOutEndsIt() async throws {
    try await withSite { site, ledger in
      try await add("kim", .viewer, to: ledger)
      let browser = Browser(site)
      let answer = await browser.signIn("kim")
      let cookie = try #require(
        answer.headers.all("Set-Cookie").first { $0.hasPrefix("quayside=") })
      #expect(cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("Path=/"))
      #expect(!cookie.contains("Secure"))
      #expect(await browser.get("/").status == 200)
      #expect(await browser.post("/sign-out", []).status == 303)
      #expect(await browser.get("/").status == 303)
    }
  }

  @Test func aNewPasswordOrTheEndOfAnAccountEndsItsSessions() async throws {
    try await withSite { site, ledger in
      try await add("kim", .viewer, to: ledger)
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      let kim = Browser(site)
      #expect(await kim.signIn("kim").status == 303)
      #expect(await owner.post("/people/kim/disable", []).status == 303)
      #expect(await kim.get("/").status == 303)
      #expect(await kim.signIn("kim").status == 403)
      #expect(await owner.post("/people/kim/enable", []).status == 303)
      #expect(await kim.signIn("kim").status == 303)
      let other = Browser(site)
      #expect(await other.signIn("kim").status == 303)
      let changed = await kim.post(
        "/account/password", [("present", Browser.password), ("password", "another long secret")])
      #expect(changed.status == 303)
      #expect(await kim.get("/").status == 200)
      #expect(await other.get("/").status == 303)
    }
  }

  @Test func theLastOwnerStaysOne() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      #expect(await owner.post("/people/boss/role", [("role", "viewer")]).status == 409)
      #expect(await owner.post("/people/boss/disable", []).status == 409)
      try await add("second", .owner, to: ledger)
      #expect(await owner.post("/people/second/role", [("role", "viewer")]).status == 303)
    }
  }
}

/// An account as the command line makes it.
func add(_ name: String, _ role: Role, to ledger: Ledger) async throws {
  let person = NewPerson(
    name: name, fullName: name, role: role, passwordHash: try await TestPassword.hash())
  _ = try await ledger.add(person, by: .commandLine("person:test"))
}

extension Browser {
  func signedIn(_ name: String, _ role: Role, _ ledger: Ledger) async throws -> Browser {
    try await add(name, role, to: ledger)
    try #require(await signIn(name).status == 303)
    return self
  }
}
