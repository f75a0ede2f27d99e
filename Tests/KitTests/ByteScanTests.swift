import Kit
import Testing

@Suite("Questions to every byte")
struct ByteScanTests {
  /// The rule in the plainest words, to compare with.
  private func isOdd(_ text: [UInt8], _ digitsMax: Int) -> Bool {
    let pairs = zip(text, text.dropFirst())
    let digits: (UInt8) -> Bool = { (48...57).contains($0) }
    let longest = text.split { !digits($0) }.map(\.count).max() ?? 0
    return longest > digitsMax
      || pairs.contains {
        $0 == (92, 117) || digits($0.0) && ($0.1 == 101 || $0.1 == 69)
      }
  }

  @Test(
    "what PostgreSQL may refuse is never missed, wherever it lies",
    arguments: ["\\u0000", "1e9", "7E2", "0e", String(repeating: "9", count: 1_001)])
  func nothingMissed(odd: String) {
    for before in [0, 1, 15, 16, 17, 31, 63, 64, 65, 499, 1_000] {
      for after in [0, 1, 16, 1_000] {
        let text =
          Array(repeating: UInt8(ascii: "x"), count: before) + Array(odd.utf8)
          + Array(repeating: UInt8(ascii: "\""), count: after)
        #expect(ByteScan.mayHoldOddJSON(text, digitsMax: 1_000), "\(before) \(after)")
      }
    }
  }

  @Test(
    "what is harmless is left alone",
    arguments: [
      "", "e", "u", "\\", "ue1", "{\"price\": 979.00, \"see\": [1, 2]}", "\\n\\\" u",
      String(repeating: "9", count: 400), "e1 E2 u\\ 3.e",
    ])
  func harmless(text: String) {
    #expect(!ByteScan.mayHoldOddJSON(Array(text.utf8), digitsMax: 1_000))
  }

  @Test("random bytes: never calm where the rule is not, and the same but for long numbers")
  func random() {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("0123456789eEu\\\"x., ".utf8)
    for _ in 0..<2_000 {
      let text = (0..<Int.random(in: 0...90, using: &generator)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      }
      #expect(ByteScan.mayHoldOddJSON(text, digitsMax: 1_000) == isOdd(text, 1_000))
    }
  }

  private func has(_ wanted: UInt8, _ bytes: [UInt8]) -> Bool {
    ByteScan.has(wanted, in: bytes.span)
  }

  @Test("a wanted byte is found at either end and nowhere else")
  func has() {
    for count in [0, 1, 15, 16, 33, 200] {
      let text = [UInt8](repeating: 1, count: count)
      #expect(!has(0, text))
      #expect(has(0, text + [0]) && has(0, [0] + text))
    }
  }
}
