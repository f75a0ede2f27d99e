/// Numbers that a seed decides (SplitMix64), the same in every run and on every machine.
struct SplitMix: Sendable {
  private var state: UInt64

  /// A stream of its own for every `name`: drawing more from one changes nothing in the others.
  init(seed: UInt64, _ name: String) {
    state = name.utf8.reduce(seed &* 0x9E37_79B9_7F4A_7C15) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  mutating func duration(_ range: ClosedRange<Int>) -> Duration { .milliseconds(number(range)) }
}
