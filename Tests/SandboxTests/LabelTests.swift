import HTTP
import Kit
import Sandbox
import Testing
import XML

@Suite("Labels")
struct LabelTests {
  @Test("a label is a PDF of more than 1 kB whose offsets are right")
  func label() async throws {
    try await Outside.run { outside async throws in
      for number in 0..<2 {
        let answer = try await outside.create(ShipmentXML(order: "o\(number)"))
        let href = try #require(answer.href("label"))
        let label = try await outside.carrier("GET", href, type: "application/pdf")
        #expect(label.status == 200)
        #expect(label.headers["Content-Type"] == "application/pdf")
        #expect(label.body.count > 1024 && label.body.count < 1_000_000)
        #expect(label.body.starts(with: Array("%PDF-1.".utf8)))
        let text = String(decoding: label.body, as: Unicode.ASCII.self)
        let offset = try #require(
          Int(text.components(after: "startxref\n")?.prefix { $0.isNumber } ?? ""))
        #expect(label.body[offset...].starts(with: Array("xref\n".utf8)))
        let again = try await outside.carrier("GET", href, type: "application/pdf")
        #expect(again.body == label.body)
        #expect(outside.tally("o\(number)").artifactReads == 2)
      }
    }
  }

  @Test(
    "a reader of PDF finds the tracking number", .enabled(if: Program.find("pdftotext") != nil),
    arguments: [SandboxSettings.LabelStream.plain, .deflated])
  func text(_ stream: SandboxSettings.LabelStream) async throws {
    let reader = try #require(Program.find("pdftotext"))
    var settings = SandboxSettings()
    settings.labelStream = stream
    try await Outside.run(settings) { outside async throws in
      let answer = try await outside.create(ShipmentXML())
      let pin = try #require(answer.xml?.first("tracking-pin")?.text)
      let href = try #require(answer.href("label"))
      let label = try await outside.carrier("GET", href, type: "application/pdf")
      try Program.withFile(label.body, ".pdf") { path in
        let (status, text) = try Program.run(reader, ["-layout", path, "-"])
        #expect(status == 0)
        #expect(!text.contains("Error") && !text.contains("Warning"))
        #expect(text.contains("PIN \(pin)"))
        #expect(text.contains("Éloïse Placeholder"))
      }
    }
  }

  @Test("a wildcard in Accept is refused, and so is somebody else's path")
  func accept() async throws {
    try await Outside.run { outside async throws in
      let href = try #require(try await outside.create(ShipmentXML()).href("label"))
      #expect(try await outside.carrier("GET", href, type: "*/*").status == 406)
      #expect(try await outside.carrier("GET", href, type: "application/zpl").status == 406)
      let other = href.replacing("sandbox-user", with: "somebody")
      #expect(try await outside.carrier("GET", other, type: "application/pdf").status == 404)
    }
  }

  @Test("ZPL comes when it was asked for")
  func zpl() async throws {
    try await Outside.run { outside async throws in
      let request = ShipmentXML().replacing("<encoding>PDF", "<encoding>ZPL")
      let href = try #require(try await outside.create(request).href("label"))
      let label = try await outside.carrier("GET", href, type: "application/zpl")
      #expect(label.text.hasPrefix("^XA") && label.body.count > 1024)
    }
  }

  @Test("labels can take their time by setting")
  func notReady() async throws {
    var settings = SandboxSettings()
    settings.notReadyReads = 2
    try await Outside.run(settings) { outside async throws in
      let href = try #require(try await outside.create(ShipmentXML()).href("label"))
      for status in [202, 202, 200] {
        let answer = try await outside.carrier("GET", href, type: "application/pdf")
        #expect(answer.status == status)
        #expect(status == 200 || answer.body.isEmpty)
      }
    }
  }
}

extension String {
  fileprivate func components(after mark: String) -> Substring? {
    firstRange(of: mark).map { self[$0.upperBound...] }
  }
}
