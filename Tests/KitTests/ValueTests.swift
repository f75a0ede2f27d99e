import Kit
import Testing

@Suite("Ids and money")
struct ValueTests {
  @Test("ids are in the order of their moments")
  func order() {
    let start = Timestamp(microseconds: 1_772_636_767_089_000)
    let ids = (0..<2_000).map { UUIDv7.make(at: start + .microseconds($0), random: .max / 3) }
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == ids.count)
    #expect(ids.map(\.text) == ids.map(\.text).sorted())
  }

  @Test("an id has the version and the variant of RFC 9562")
  func layout() throws {
    // The RFC's own example, appendix A.6: the same milliseconds.
    let id = UUIDv7.make(at: Timestamp(microseconds: 1_645_557_742_000_000), random: .max)
    #expect(id.text == "017f22e2-79b0-7000-bfff-ffffffffffff")
    #expect(id.bytes.count == 16)
    #expect(UUIDv7(bytes: id.bytes) == id)
    #expect(UUIDv7(text: id.text) == id)
    #expect(UUIDv7(text: id.text.uppercased()) == id)
    #expect(UUIDv7(text: "017f22e2-79b0-7000-bfff-fffffffffff") == nil)
    #expect(UUIDv7(text: "017f22e2-79b0-7000-bfff-ffffffffffffa") == nil)
    #expect(UUIDv7(text: "017f22e2079b0-7000-bfff-ffffffffffff") == nil)
    #expect(UUIDv7(text: "017f22e2-79b0-7000-bfff-fffffffffffg") == nil)
    #expect(UUIDv7(bytes: [1, 2, 3]) == nil)
  }

  @Test(
    "amounts are exact",
    arguments: [
      ("12.34", 1_234), ("12", 1_200), ("0", 0), ("-0.05", -5), ("12.3400", 1_234),
      ("1.2e1", 1_200),
      ("1234e-2", 1_234), ("0.1", 10), ("9999999999.99", 999_999_999_999), ("0.000", 0),
    ])
  func exact(text: String, cents: Int64) {
    #expect(Money(decimal: text, currency: "CAD")?.minorUnits == cents)
  }

  @Test(
    "what is no amount is refused",
    arguments: [
      "", "12.345", "0.001", "1,2", "12.", ".5", "+1", "1e", "abc", " 1", "1 ", "0x10", "nan",
      "inf",
      "10000000000", "1e400", "1e-400", "99999999999999999999999999", "01", "--1", "1.2.3",
    ])
  func noAmount(text: String) {
    #expect(Money(decimal: text, currency: "CAD") == nil)
  }

  @Test("a currency is three capital letters", arguments: ["", "cad", "CA", "CADX", "C1D"])
  func currency(code: String) {
    #expect(Money(decimal: "1", currency: code) == nil)
  }

  @Test("finer amounts are rounded only on request, as PostgreSQL rounds")
  func rounding() {
    #expect(Money(rounding: "12.345", currency: "CAD")?.decimal == "12.35")
    #expect(Money(rounding: "12.3449", currency: "CAD")?.decimal == "12.34")
    #expect(Money(rounding: "-0.005", currency: "CAD")?.decimal == "-0.01")
    #expect(Money(rounding: "0.0049", currency: "CAD")?.decimal == "0.00")
    #expect(Money(rounding: "0.05e-1", currency: "CAD")?.decimal == "0.01")
    #expect(Money(rounding: "9999999999.995", currency: "CAD") == nil)
  }

  @Test("an amount reads as people write it")
  func written() throws {
    let price = try #require(Money(decimal: "12.3", currency: "CAD"))
    #expect("\(price)" == "12.30 CAD")
    #expect((price + price).decimal == "24.60")
    #expect((price - price - price).decimal == "-12.30")
  }

  @Test("an outside error shows service, status and code, and all of it to us")
  func outsideError() {
    let error = OutsideError(
      service: "BestBuy", code: "OR-1", status: 409, message: "no", classification: .conflict("no"))
    #expect(error.description == "BestBuy 409 OR-1: no")
    #expect(error.debugDescription.contains("conflict"))
  }

  @Test("random bytes differ, and there are as many as were asked for")
  func random() {
    #expect(Entropy.bytes(0).isEmpty)
    #expect(Entropy.bytes(1_000).count == 1_000)
    #expect(Entropy.bytes(32) != Entropy.bytes(32))
    #expect(Set(Entropy.bytes(4_096)).count > 200)
    #expect(Surroundings.live.random(5).count == 5)
  }
}
