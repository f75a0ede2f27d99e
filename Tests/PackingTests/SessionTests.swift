import Kit
import Packing
import Testing

@Suite("A packing session")
struct SessionTests {
  @Test("parts, a serial number, the label, and the label scanned on the parcel")
  func wholeParcel() {
    var session = Bench.session()
    #expect(session.scan("RAM-8").code == .counted)
    #expect(session.scan("SSD-1").code == .serialAsked)
    #expect(session.scan("sn-77").code == .counted)
    #expect(session.act(.print(anyway: false)).outcome.code == .notVerified)
    #expect(session.scan("RAM-8").code == .complete)
    #expect(session.scan(Bench.pin).code == .notPrinted)
    #expect(session.act(.print(anyway: true)).outcome.code == .printed)
    #expect(session.act(.seal).outcome.code == .scanToSeal)
    let verdict = session.act(.scan(ScannedText(Bench.pin)))
    #expect(verdict.outcome.code == .packed)
    #expect(verdict.bookings == [.packed(generation: 1)])
    #expect(session.state == .packed)
    #expect(session.placed.compactMap(\.serial) == ["SN-77"])
    #expect(session.scan("RAM-8").code == .alreadyOver)
    #expect(session.act(.print(anyway: false)).outcome.code == .printed, "a torn label")
  }

  @Test("a wrong part changes nothing but the red screen, which stays until it was read")
  func wrongPart() {
    for code in ["RAM-4", "270000999-A", "NOBODY", "RAM-8RAM-4"] {
      var session = Bench.session()
      session.scan("RAM-8")
      let before = session.placed
      #expect(session.scan(code).tone == .bad)
      #expect(session.placed == before)
      #expect(session.scan("RAM-8").code == .alarmStands)
      #expect(session.act(.print(anyway: false)).outcome.code == .alarmStands)
      #expect(session.placed == before)
      #expect(session.scan("QS-OK").code == .acknowledged)
      #expect(session.scan("RAM-8").code == .counted)
    }
  }

  @Test("a third stick of two is one too many")
  func tooMany() {
    var session = Bench.session()
    session.scan("RAM-8")
    session.scan("RAM-8")
    #expect(session.scan("RAM-8").code == .tooMany)
    #expect(session.placed.count == 2)
  }

  @Test("a trigger that fires twice counts once; a person's second scan counts")
  func blanking() {
    var session = Bench.session()
    #expect(session.scan("RAM-8", at: 1_000).code == .counted)
    #expect(session.scan("RAM-8\r", at: 1_000 + PackingSession.blanking).code == .repeated)
    #expect(session.scan("RAM-8", at: 1_001 + PackingSession.blanking).code == .counted)
    // The same barcode is no serial number either, however late it comes.
    #expect(session.scan("SSD-1", at: 9_000).code == .serialAsked)
    #expect(session.scan("SSD-1", at: 9_100).code == .repeated)
    #expect(session.scan("SSD-1", at: 12_000).code == .serialUnfit)
    session.act(.acknowledge)
    #expect(session.awaiting == .serial(item: Bench.drive.key))
    #expect(session.scan(Bench.order, at: 15_000).code == .serialUnfit)
  }

  @Test("one code in one burst twice is one part")
  func doubledCode() {
    var session = Bench.session()
    #expect(session.scan("RAM-8RAM-8").code == .counted)
    #expect(session.placed.count == 1)
  }

  @Test("a serial number is used once, in this parcel and in all others")
  func serials() {
    var session = Bench.session(
      PackingBill(
        lines: Bench.bill.lines,
        items: [
          PackingItem(
            lineID: "1", kind: .part(9), name: "SSD", detail: "", needed: 2, asksSerial: true)
        ]))
    session.scan("SSD-1")
    #expect(session.scan("SN-1", usedSerials: ["SN-1": "270000001-A"]).code == .serialUsed)
    session.act(.acknowledge)
    #expect(session.scan("SN-2").code == .counted)
    session.scan("SSD-1")
    #expect(session.scan("sn-2").code == .serialUsed)
    session.act(.acknowledge)
    #expect(session.scan("x").code == .serialUnfit)
    session.act(.acknowledge)
    #expect(session.scan("SN-3").code == .complete)
  }

  @Test("a code that carries the serial number needs one scan")
  func serialInside() {
    let item = PackingItem(
      lineID: "1", kind: .whole, name: "Drive", detail: "", needed: 1, asksSerial: true,
      codes: ["09506000134352"])
    var session = Bench.session(PackingBill(lines: Bench.bill.lines, items: [item]))
    #expect(session.scan("]d2010950600013435221SN-9").code == .complete)
    #expect(session.placed.first?.serial == "SN-9")
  }

  @Test(
    "where a serial number is asked for, the code that carries it is known by it, in any parcel")
  func serialOfThePiece() {
    for code in ["]d2010950600013435221SN-77", "(01)09506000134352(21)SN-77"] {
      var session = Bench.session()
      session.scan("SSD-1")
      #expect(session.scan(code, usedSerials: ["SN-77": "270000001-A"]).code == .serialUsed)
      #expect(session.placed.isEmpty)
    }
  }

  @Test("a piece that left with another order goes out again when its number is scanned once more")
  func cameBack() throws {
    var session = Bench.session()
    let left = ["SN-1": "270000001-A"]
    session.scan("SSD-1", at: 10_000)
    #expect(session.scan("SN-1", at: 20_000, leftSerials: left).code == .confirmSerial)
    let kept = PackingSession(
      id: session.id, orderID: session.orderID, state: session.state, packer: session.packer,
      version: session.version, content: try JSONValue.parse(session.content.bytes))
    #expect(kept == session && kept.confirming == "SN-1")
    // A trigger that fires twice is no answer, and neither is it when something else came between.
    #expect(session.scan("SN-1", at: 20_100, leftSerials: left).code == .repeated)
    #expect(session.scan("SSD-1", at: 30_000).code == .serialUnfit)
    session.act(.acknowledge)
    #expect(session.scan("SN-1", at: 40_000, leftSerials: left).code == .confirmSerial)
    #expect(session.placed.isEmpty && session.alarm == nil)
    let event = PackingEvent.scan(ScannedText("SN-1", capturedAt: 50_000))
    let around = Bench.around(event, leftSerials: left, session: session)
    let verdict = session.take(event, by: "kim", around)
    #expect(verdict.outcome.code == .counted)
    #expect(verdict.bookings == [.cameBack(serial: "SN-1", from: "270000001-A")])
    #expect(session.placed.compactMap(\.serial) == ["SN-1"])
  }

  @Test("a swap books one part in and the other out, once, in the step that ends it")
  func swap() {
    var session = Bench.session()
    session.act(.swap)
    #expect(session.scan("RAM-8").code == .partRemoved)
    #expect(session.scan("RAM-8").code == .samePart)
    session.act(.acknowledge)
    session.act(.undo)
    session.act(.swap)
    #expect(session.scan("SSD-OLD").code == .serialAsked)
    #expect(session.scan("OLD-1").code == .partRemoved)
    #expect(session.scan("RAM-4").code == .wrongPart)
    session.act(.acknowledge)
    #expect(session.scan("SSD-1").code == .serialAsked)
    let verdict = session.act(.scan(ScannedText("NEW-1")))
    #expect(verdict.outcome.code == .swapped)
    #expect(verdict.bookings == [.swap(lineID: "1", installed: 9, removed: 5)])
    #expect(session.placed.last?.removed?.serial == "OLD-1")
    #expect(session.act(.undo).outcome.code == .swapStays)
    #expect(session.placed.count == 1)
  }

  @Test("what was swapped is still in the machine when the order comes back to the bench")
  func swapOutlivesItsSession() {
    var session = Bench.session()
    session.scan("RAM-8")
    session.act(.swap)
    session.scan("RAM-4")
    session.scan("RAM-8")
    let short = session.act(.shortPick(ShortPick(reason: .outOfStock, itemKey: Bench.drive.key)))
    #expect(short.outcome.code == .shortPicked)
    #expect(short.bookings == [.hold("short at the bench: SSD 1 TB: out of stock")])
    #expect(session.state == .held)
    let next = PackingSession(
      id: UUIDv7(high: 2, low: 2), orderID: Bench.order, bill: Bench.bill, packer: "lee",
      after: session)
    #expect(next.placed.count == 1 && next.placed[0].removed?.partID == 4)
  }

  @Test("warn prints after a warning, off prints at once, block never does")
  func modes() {
    var warned = Bench.session()
    #expect(warned.act(.print(anyway: false), mode: .warn).outcome.code == .confirmUnverified)
    #expect(warned.printed == nil)
    #expect(warned.act(.print(anyway: true), mode: .warn).outcome.code == .printedUnverified)
    #expect(warned.act(.seal, mode: .warn).outcome.code == .packed)
    var free = Bench.session()
    #expect(free.act(.print(anyway: false), mode: .off).outcome.code == .printed)
    #expect(free.act(.seal, mode: .off).outcome.code == .packed)
    var strict = Bench.session()
    #expect(strict.act(.print(anyway: true), mode: .block).outcome.code == .notVerified)
    #expect(strict.printed == nil)
  }

  @Test("a label is printed only when the server agrees at that moment")
  func standings() {
    let cases: [(OrderStanding, PackingOutcome.Code)] = [
      (OrderStanding(offReason: "cancelled at the marketplace"), .orderOff),
      (OrderStanding(holdReason: "address"), .orderHeld),
      (OrderStanding(hasLabel: false), .noLabel), (OrderStanding(isLabelVoid: true), .labelVoid),
    ]
    for (standing, code) in cases {
      var session = Bench.session()
      #expect(
        session.act(.print(anyway: false), mode: .off, standing: standing).outcome.code == code)
      #expect(session.printed == nil)
    }
  }

  @Test("an order that goes off in the middle stops everything, and nothing more counts")
  func cancelledInTheMiddle() {
    var session = Bench.session()
    session.scan("RAM-8")
    let off = OrderStanding(offReason: "cancelled at the marketplace")
    #expect(session.scan("RAM-8", standing: off).code == .orderOff)
    #expect(session.state == .stopped)
    #expect(session.placed.count == 1)
    #expect(session.scan("RAM-8").code == .alreadyOver)
  }

  @Test("a parcel whose label was replaced is not closed with the old one")
  func newLabel() {
    var session = Bench.session()
    session.act(.print(anyway: false), mode: .off)
    let second = OrderStanding(generation: 2, trackingPIN: Bench.pin)
    #expect(session.act(.seal, mode: .off, standing: second).outcome.code == .notPrinted)
    #expect(session.scan(Bench.pin, mode: .off, standing: second).code == .notPrinted)
  }

  @Test("a second packer is told who has it, and takes it over only by saying so")
  func twoPackers() {
    var session = Bench.session()
    session.scan("RAM-8")
    let told = session.act(.scan(ScannedText("RAM-8")), by: "lee").outcome
    #expect(told.code == .othersOrder && told.message.contains("kim"))
    #expect(session.placed.count == 1)
    #expect(session.act(.takeOver, by: "lee").outcome.message == "Taken over from kim.")
    #expect(session.scan("RAM-8", by: "kim").code == .othersOrder)
    #expect(session.scan("RAM-8", by: "lee").code == .counted)
    #expect(session.act(.leave, by: "lee").outcome.code == .left)
    #expect(session.scan("SSD-1", by: "kim").code == .serialAsked)
    #expect(session.packer == "kim")
  }

  @Test("a session is kept and read back as it was, in every state")
  func kept() throws {
    var session = Bench.session()
    var seen = 0
    func check() throws {
      let again = PackingSession(
        id: session.id, orderID: session.orderID, state: session.state, packer: session.packer,
        version: session.version, content: try JSONValue.parse(session.content.bytes))
      #expect(again == session)
      seen += 1
    }
    let texts = [
      "RAM-8", "SSD-1", "SN \"1\"", "QS-OK", "S/N-1", "QS-SWAP", "SSD-OLD", "OLD-1", "RAM-8",
    ]
    for text in texts {
      session.scan(text)
      try check()
    }
    session.act(.shortPick(ShortPick(reason: .other, note: "\u{0}<b>\"")))
    try check()
    #expect(seen == 10)
  }
}
