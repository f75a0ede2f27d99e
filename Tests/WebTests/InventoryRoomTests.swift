import HTTP
import Inventory
import Kit
import Ledger
import Packing
import People
import Testing
import Web

@Suite(.serialized) struct InventoryRoomTests {
  private static let hostile = "<script>alert(1)</script>\"'& é"

  @Test func aPartIsAddedReceivedAdjustedAndSeen() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      #expect(text(await owner.get("/stock")).contains("No parts yet"))
      let added = await owner.post(
        "/stock/parts",
        [
          ("code", "RAM-16"), ("name", Self.hostile), ("type", "RAM"), ("barcode", "40063"),
          ("on_hand", "5"),
        ])
      #expect(added.status == 303)
      #expect(await owner.post("/stock/parts/RAM-16/receive", [("pieces", "3")]).status == 303)
      #expect(
        await owner.post(
          "/stock/parts/RAM-16/adjust", [("change", "-1"), ("reason", "bent pin")]
        ).status == 303)
      // Without a reason, with nonsense, and more than there is: each is refused, nothing changes.
      for fields in [
        [("change", "-1"), ("reason", " ")], [("change", "x"), ("reason", "y")],
        [("change", "-99"), ("reason", "y")],
      ] {
        let status = await owner.post("/stock/parts/RAM-16/adjust", fields).status
        #expect(status == 400 || status == 409)
      }
      let page = text(await owner.get("/stock/parts/RAM-16"))
      #expect(page.contains("&lt;script&gt;") && !page.contains("<script>alert"))
      #expect(page.contains("bent pin") && page.contains("aria-label=\"Barcode 40063\""))
      #expect(try await ledger.component("RAM-16")?.onHand == 7)
      #expect(text(await owner.get("/stock?q=40063")).contains("RAM-16"))
      #expect(text(await owner.get("/stock/movements")).contains("bent pin"))
      #expect(text(await owner.get("/stock/labels")).contains("Barcode 40063"))
      let export = await owner.get("/stock/export.csv")
      #expect(text(export).contains("RAM-16,"))
      let acts = try await ledger.audit(actor: "boss", limit: 50).map(\.action)
      for act in ["stock.add", "stock.receive", "stock.adjust"] { #expect(acts.contains(act)) }
    }
  }

  @Test func aBarcodeIsTakenOffItsPartByWhoMayChangeTheStock() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      let packer = try await Browser(site).signedIn("kim", .packer, ledger)
      _ = await owner.post("/stock/parts", [("code", "A"), ("name", "A"), ("barcode", "40063")])
      let (path, fields) = ("/stock/parts/A/barcodes/remove", [("barcode", "40063")])
      #expect(text(await owner.get("/stock/parts/A")).contains("aria-label=\"Remove 40063\""))
      #expect(!text(await packer.get("/stock/parts/A")).contains("Remove 40063"))
      #expect(await packer.post(path, fields).status == 403)
      #expect(try await ledger.part(barcode: "40063")?.code == "A")
      #expect(await owner.post(path, fields).status == 303)
      #expect(try await ledger.part(barcode: "40063") == nil)
      #expect(await owner.post(path, fields).status == 404)
      let acts = try await ledger.audit(actor: "boss", limit: 50)
      #expect(acts.contains { $0.action == "stock.barcode_off" && $0.detail == "40063" })
    }
  }

  @Test func whatTheBenchTakesAsACommandIsThereToBePrinted() async throws {
    try await withSite { site, ledger in
      let kim = try await Browser(site).signedIn("kim", .packer, ledger)
      let page = text(await kim.get("/stock/labels"))
      for command in PackingEvent.commands {
        #expect(page.contains("aria-label=\"Barcode \(command.code)\""))
        #expect(page.contains(command.words))
      }
      #expect(text(await kim.get("/bench")).contains("/stock/labels"))
    }
  }

  @Test func aFormSentTwiceBooksOnce() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      _ = await owner.post("/stock/parts", [("code", "A"), ("name", "A"), ("on_hand", "4")])
      #expect(
        await owner.post("/stock/parts", [("code", "A"), ("name", "A"), ("on_hand", "4")]).status
          == 400)
      let page = text(await owner.get("/stock/parts/A"))
      let keys = formKeys(in: page)
      #expect(keys.count == 2 && Set(keys).count == 2)
      let forms = [
        ("receive", [("pieces", "3"), ("key", keys[0])]),
        ("adjust", [("change", "-1"), ("reason", "bent pin"), ("key", keys[1])]),
      ]
      for (path, fields) in forms + forms {
        #expect(await owner.post("/stock/parts/A/" + path, fields).status == 303)
      }
      #expect(text(await owner.get("/stock/parts/A")).contains("booked already"))
      #expect(try await ledger.component("A")?.onHand == 6)
      let odd = [("pieces", "3"), ("key", "no key of ours")]
      #expect(await owner.post("/stock/parts/A/receive", odd).status == 400)
      #expect(try await ledger.movements().count == 3)
    }
  }

  @Test(arguments: ["code,name,change\nA,A,5\nB,B,5\n", "sku,title\nLAP,Laptop\n"])
  func aFileThatWasLookedAtIsAppliedOnce(file: String) async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      let id = try await ledger.stageFile("parts.csv", Array(file.utf8), by: "boss")
      #expect(await owner.get("/stock/import/\(id)").status == 200)
      #expect(await owner.post("/stock/import/\(id)", [("when", "rest")]).status == 303)
      #expect(await owner.post("/stock/import/\(id)", [("when", "rest")]).status == 404)
      #expect(try await ledger.stagedFile(id) == nil)
      let imports = try await ledger.audit(actor: "boss", limit: 50).count {
        $0.action == "stock.import"
      }
      #expect(imports == 1)
    }
  }

  @Test func aVariantIsBuiltOfPartsAndSKUsStandForIt() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      _ = await owner.post("/stock/parts", [("code", "A"), ("name", "A"), ("on_hand", "9")])
      _ = await owner.post("/stock/parts", [("code", "B"), ("name", "B"), ("on_hand", "2")])
      #expect(await owner.post("/stock/variants", [("sku", "LAP 1/x")]).status == 303)
      let path = "/stock/variants/LAP%201%2Fx"
      #expect(await owner.post(path, [("bill", "A 2\r\nB\r\n")]).status == 303)
      let page = text(await owner.get(path))
      #expect(page.contains("2 can be built"))
      #expect(await owner.post(path, [("bill", "NOBODY 2")]).status == 404)
      #expect(await owner.post(path, [("bill", "A 2 3")]).status == 400)
      #expect(
        await owner.post("/stock/skus", [("shop_sku", "S-1"), ("sku", "NONE")]).status == 404)
      #expect(
        await owner.post(
          "/stock/skus", [("shop_sku", "S-1"), ("sku", "LAP 1/x"), ("price", "1299.00")]
        ).status == 303)
      #expect(text(await owner.get("/stock/skus")).contains("1299.00"))
    }
  }

  @Test func aSheetIsCountedBlindAndClosed() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      _ = await owner.post("/stock/parts", [("code", "A"), ("name", "A"), ("on_hand", "9")])
      let opened = await owner.post("/stock/counts", [("title", "Year's end")])
      let path = try #require(opened.headers["Location"])
      #expect(await owner.post(path, [("code", "A"), ("counted", "8")]).status == 303)
      #expect(!text(await owner.get(path)).contains("Expected"))
      #expect(await owner.post(path + "/close", []).status == 303)
      #expect(text(await owner.get(path)).contains("Expected"))
      #expect(try await ledger.component("A")?.onHand == 8)
      #expect(await owner.post(path, [("code", "A"), ("counted", "7")]).status == 409)
    }
  }

  @Test func aSheetIsBegunOnceAForm() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      let key = try #require(formKeys(in: text(await owner.get("/stock/counts"))).first)
      let fields = [("title", "Year's end"), ("key", key)]
      let first = await owner.post("/stock/counts", fields)
      let again = await owner.post("/stock/counts", fields)
      #expect(first.status == 303 && again.status == 303)
      #expect(first.headers["Location"] == again.headers["Location"])
      #expect(try await ledger.stocktakes().count == 1)
      #expect(
        try await ledger.audit(actor: "boss", limit: 50).count { $0.action == "stock.count_open" }
          == 1)
      // Another form is another sheet.
      #expect(await owner.post("/stock/counts", [("title", "Year's end")]).status == 303)
      #expect(try await ledger.stocktakes().count == 2)
    }
  }

  @Test func aViewerLooksAndChangesNothing() async throws {
    try await withSite { site, ledger in
      let owner = try await Browser(site).signedIn("boss", .owner, ledger)
      _ = await owner.post("/stock/parts", [("code", "A"), ("name", "A")])
      // What is there for who may change stock is not there for who may not.
      let forms = ["Receive or adjust", "action=\"/stock/parts/A/receive\""]
      let whole = text(await owner.get("/stock/parts/A"))
      let viewer = try await Browser(site).signedIn("guest", .viewer, ledger)
      let answer = await viewer.get("/stock/parts/A")
      #expect(answer.status == 200)
      for form in forms {
        #expect(whole.contains(form), "\(form)")
        #expect(!text(answer).contains(form), "\(form)")
      }
      #expect(await viewer.post("/stock/parts/A/receive", [("pieces", "1")]).status == 403)
      #expect(try await ledger.component("A")?.onHand == 0)
      #expect(await viewer.get("/stock/import").status == 403)
    }
  }
}
