/// A hash that is the same in every run and on every machine (the standard library's is not).
struct StableHash {
  private var value: UInt64

  init(seed: UInt64) {
    value = 0xcbf2_9ce4_8422_2325 ^ Self.mix(seed)
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    value = (value ^ 0xff) &* 0x100_0000_01b3
  }

  mutating func add(_ number: UInt64) {
    value = Self.mix(value ^ number)
  }

  /// 0 ..< 1.
  var fraction: Double { Double(Self.mix(value) >> 11) / 9_007_199_254_740_992 }

  var bits: UInt64 { Self.mix(value) }

  /// The finisher of SplitMix64.
  private static func mix(_ input: UInt64) -> UInt64 {
    var x = input &+ 0x9e37_79b9_7f4a_7c15
    x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
    return x ^ (x >> 31)
  }
}
