import CanadaPost
import Glibc
import Kit
import Mirakl
import Testing

/// Bounds that only a mistake of a whole order of magnitude breaks; the numbers are printed.
@Suite("Encoding and decoding cost microseconds", .serialized)
struct SpeedTests {
  /// What this thread has computed: others' work does not count.
  private static func busySeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func cost(_ name: String, _ rounds: Int = 2_000, _ body: () throws -> Void) rethrows {
    for _ in 0..<100 { try body() }
    let start = Self.busySeconds()
    for _ in 0..<rounds { try body() }
    let micros = (Self.busySeconds() - start) * 1e6 / Double(rounds)
    print("\(name): \(Int(micros * 10)) tenths of a µs")
    #expect(micros < 1_000, "\(name)")
  }

  @Test("requests") func requests() {
    cost("shipment XML") { _ = Samples.french.xml(for: Samples.contract) }
    cost("shipment problems") { _ = Samples.french.problems(for: Samples.contract) }
    cost("acceptance JSON") { _ = MiraklAcceptance.body([("270000123-A-1", true)]) }
    cost("request id") {
      _ = CanadaPostClient.requestID(account: "900001", orderID: "270000123-A", parcel: 1)
    }
    cost("address") {
      _ = Address.normalized(
        name: "Zoé Côté", company: nil, additional: nil, line1: "12 rue de l’Église", line2: nil,
        city: "Montréal", province: "Québec", postalCode: "h2x 1y4", country: "CAN", phone: nil)
    }
  }

  @Test("answers") func answers() throws {
    let page = Array(#"{"orders":[\#(MiraklOrderTests.order)],"total_count":1}"#.utf8)
    try cost("order page") { _ = try MiraklOrderPage.page(from: page) }
    let info = Array(Samples.info(requestID: "Q1").utf8)
    try cost("shipment info") { _ = try ShipmentInfo.decode(info, .create) }
    let label = PDF.text("(PIN 7000000000000017) Tj")
    cost("label of \(label.count) bytes") { _ = LabelDocument.inspect(label, pin: LabelTests.pin) }
    let large = PDF.make(
      [PDF.Stream(content: Array("BT (PIN 7000000000000017) Tj ET".utf8))], padding: 60_000)
    cost("label of \(large.count) bytes", 200) {
      _ = LabelDocument.inspect(large, pin: LabelTests.pin)
    }
  }
}
