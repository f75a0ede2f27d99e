import HTTP
import Kit
import Ledger
import People
import Testing
import Web

@Suite(.serialized) struct RoleTests {
  @Test func everyAddressIsRefusedToRolesThatMayNotGoThere() async throws {
    try await withSite { site, ledger in
      for role in Role.allCases {
        let browser = try await Browser(site).signedIn("the-\(role.rawValue)", role, ledger)
        for route in site.map {
          let target = route.path.replacing("{order}", with: "order-1")
            .replacing("{name}", with: "nobody")
          let answer =
            route.method == "GET" ? await browser.get(target) : await browser.post(target, [])
          if role.allows(route.needs) {
            #expect(answer.status != 403, "\(role) \(route.method) \(target)")
          } else {
            #expect(answer.status == 403, "\(role) \(route.method) \(target)")
          }
        }
      }
      // A refusal is written down with who, what and from where.
      let refused = try await ledger.audit(actor: "the-viewer", limit: 100)
        .filter { $0.action == "page.refused" }
      #expect(refused.contains { $0.subject == "page:/people" && $0.address == "192.0.2.1" })
    }
  }

  @Test func aForgedPostChangesNothing() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      let fields = [
        ("full_name", "Mallory"), ("name", "mallory"), ("password", "mallory was here"),
        ("role", "owner"),
      ]
      // Without a token, with a stranger's, and with the right one from another site.
      #expect(await owner.submit("/people", fields).status == 403)
      let stranger = Browser(site)
      let foreign = stranger.token(in: text(await stranger.get("/sign-in")))
      #expect(await owner.submit("/people", fields + [("_form", foreign)]).status == 403)
      let token = owner.token(in: text(await owner.get("/account")))
      for site in ["cross-site", "same-site", "none"] {
        owner.fetchSite = site
        #expect(await owner.submit("/people", fields + [("_form", token)]).status == 403)
      }
      #expect(try await ledger.people().map(\.name) == ["boss"])
      owner.fetchSite = "same-origin"
      #expect(await owner.submit("/people", fields + [("_form", token)]).status == 303)
    }
  }

  @Test func aNoticeIsSaidOnce() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      let fields = [
        ("full_name", "<b>Kim</b>"), ("name", "kim"), ("password", "a password of hers"),
        ("role", "packer"),
      ]
      #expect(await owner.post("/people", fields).status == 303)
      #expect(text(await owner.get("/people")).contains("&lt;b&gt;Kim&lt;/b&gt; may come in now"))
      #expect(!text(await owner.get("/people")).contains("may come in now"))
    }
  }

  @Test func theTrailCannotBeChanged() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      _ = await owner.get("/people")
      #expect(try await ledger.audit(limit: 10).count == 2)
      let page = text(await owner.get("/people/audit"))
      #expect(page.contains("Sign in: done") && page.contains("192.0.2.1"))
    }
  }
}
