import Packing
import Testing

@Suite("What a scanner means")
struct ScanTests {
  private func first(_ raw: String, physical: String? = nil) -> String {
    ScannedText(raw, physical: physical).plain
  }

  @Test(
    "control characters, identifiers, blanks and wide letters are not part of a code",
    arguments: [
      "RAM-16", "RAM-16\r", "\u{2}RAM-16\u{3}\r\n", "RAM-16\t", "  RAM-16 ", "]C0RAM-16",
      "]A0RAM-16",
      "\u{1B}RAM-16", "\u{FEFF}RAM-16", "ＲＡＭ-16", "RA\u{200B}M-16", "\u{1D}RAM-16\u{4}",
      "RAM-16\u{7F}",
      "RAM-16\u{202E}",
    ])
  func plain(raw: String) {
    #expect(first(raw) == "RAM-16")
  }

  @Test("nothing readable has no candidate", arguments: ["", " ", "\r\n", "\u{1D}\u{0}\u{7F}"])
  func nothing(raw: String) {
    #expect(ScannedText(raw).candidates.isEmpty)
  }

  @Test("a doubled code may mean itself or its half, itself first")
  func doubled() {
    #expect(ScannedText("RAM-16RAM-16").candidates == ["RAM-16RAM-16", "RAM-16"])
    #expect(ScannedText("1212").candidates == ["1212"])
    #expect(!ScannedText("RAM-16SSD-51").candidates.contains("RAM-16"))
  }

  @Test("one trade item has as many lengths as there are symbols")
  func tradeItems() {
    #expect(ScannedText("036000291452").candidates.contains("0036000291452"))
    #expect(ScannedText("0036000291452").candidates.contains("036000291452"))
    #expect(ScannedText("00036000291452").candidates.contains("036000291452"))
    // A wrong check digit is no trade item.
    #expect(ScannedText("036000291453").candidates == ["036000291453"])
  }

  @Test("GS1: the item and the serial number come out of one symbol")
  func elements() {
    let item = "09506000134352"
    for raw in [
      "]C101\(item)21SN-77\u{1D}17291231", "]d201\(item)1729123121SN-77", "(01)\(item)(21)SN-77",
      "\u{1D}01\(item)21SN-77", "01\(item)21SN-77",
    ] {
      let scan = ScannedText(raw)
      #expect(scan.candidates.contains(item), "\(raw)")
      #expect(scan.serial == "SN-77", "\(raw)")
    }
    // Digits that only begin like it.
    #expect(ScannedText("0112345678901234999").serial == nil)
    #expect(ScannedText("]C1").candidates == ["]C1"])
  }

  @Test("Code 39's asterisks, a link to the order, and the carrier's long barcode")
  func others() {
    #expect(ScannedText("*RAM-16*").candidates.contains("RAM-16"))
    #expect(
      ScannedText("https://bench.example/orders/270000123-A").candidates.last == "270000123-A")
    #expect(ScannedText("K1A0B17000000000000017").candidates.contains("7000000000000017"))
  }

  @Test("what a French or German keyboard makes of a US scanner is read by the keys' places")
  func layouts() {
    let french = ScannedText("&é\"'(§è!çà", physical: "1234567890")
    #expect(french.candidates.contains("1234567890"))
    let german = ScannedText("RAMßYZ", physical: "RAM-ZY")
    #expect(german.candidates == ["RAMßYZ", "RAM-ZY"])
  }

  @Test("a burst of 10 MB is cut, and shown without control characters")
  func huge() {
    let scan = ScannedText(String(repeating: "A\u{1}", count: 5 << 20))
    #expect(scan.shown.utf8.count <= ScannedText.bytesMax)
    #expect(scan.candidates.allSatisfy { $0.utf8.count <= ScannedText.bytesMax })
    #expect(!scan.shown.unicodeScalars.contains { $0.value < 32 })
  }

  @Test("every kind of event has its place in the log's list")
  func kinds() {
    let events: [PackingEvent] =
      [
        .scan(ScannedText("x")), .seal, .takeOver, .print(anyway: true),
        .shortPick(ShortPick(reason: .other)),
      ] + PackingEvent.commands.map(\.event)
    #expect(Set(events.map(\.kind)) == Set(PackingEvent.kinds))
  }

  @Test("a command barcode is its command, in any case and with asterisks")
  func commands() {
    #expect(PackingEvent.scan(ScannedText("QS-SWAP")).resolved == .swap)
    #expect(PackingEvent.scan(ScannedText("*qs-ok*\r")).resolved == .acknowledge)
  }
}
