import Stock
import Testing

@Suite struct `What can be built` {
  @Test func `as many as the scarcest part allows`() {
    #expect(Availability.alone([1: 2, 2: 1], free: [1: 7, 2: 9]) == 3)
    #expect(Availability.alone([1: 2, 2: 1], free: [1: 7]) == 0)
    #expect(Availability.alone([1: 2], free: [1: -4]) == 0)
    #expect(Availability.alone([:], free: [1: 7]) == nil)
  }

  /// Each limited by another part: the answer is no difference of two minima.
  @Test func `two variants with different limiting parts share the truth about the parts`() {
    let bills: [String: Availability.Bill] = ["a": [1: 1, 2: 1], "b": [1: 1, 3: 1]]
    let free: [Int64: Int64] = [1: 10, 2: 2, 3: 100]
    #expect(Availability.alone(bills["a"] ?? [:], free: free) == 2)
    #expect(Availability.alone(bills["b"] ?? [:], free: free) == 10)
    #expect(Availability.together(bills, free: free) == ["a": 2, "b": 8])
  }

  @Test func `a last part goes to the first by name`() {
    let bills: [String: Availability.Bill] = ["b": [1: 1], "a": [1: 1]]
    #expect(Availability.together(bills, free: [1: 3]) == ["a": 2, "b": 1])
  }

  @Test func `an empty bill gets nothing, and nobody gets more than asked for`() {
    let bills: [String: Availability.Bill] = ["a": [:], "b": [1: 1]]
    #expect(Availability.together(bills, free: [1: 50], most: 7) == ["a": 0, "b": 7])
  }

  @Test func `millions of pieces take no longer than a few`() {
    let bills: [Int: Availability.Bill] = [1: [1: 1, 2: 3], 2: [1: 2, 3: 1]]
    let free: [Int64: Int64] = [1: 900_000_000, 2: 900_000_000, 3: 900_000_000]
    let shared = Availability.together(bills, free: free)
    #expect(shared == [1: 300_000_000, 2: 300_000_000])
  }

  /// What is shared out can be built, and nothing that could still be built is left over.
  @Test(arguments: 0..<300)
  func `shared out whole, and never more than there is`(seed: Int) {
    var random = Dice(seed: UInt64(seed))
    let parts = Int64(random.upTo(5) + 1)
    var free: [Int64: Int64] = [:]
    for part in 1...parts { free[part] = Int64(random.upTo(40)) - 5 }
    var bills: [Int: Availability.Bill] = [:]
    for variant in 0..<(random.upTo(6) + 1) {
      var bill: Availability.Bill = [:]
      for part in 1...parts where random.upTo(2) == 0 { bill[part] = Int64(random.upTo(3) + 1) }
      bills[variant] = bill
    }
    let shared = Availability.together(bills, free: free)
    var left = free
    for (variant, units) in shared {
      #expect(units >= 0)
      for (part, pieces) in bills[variant] ?? [:] { left[part, default: 0] -= pieces * units }
    }
    for (part, pieces) in left where (free[part] ?? 0) >= 0 { #expect(pieces >= 0) }
    for (variant, bill) in bills where !bill.isEmpty {
      let fits = bill.allSatisfy { max(0, left[$0] ?? 0) >= $1 }
      #expect(!fits, "variant \(variant) could still be built")
      let alone = Availability.alone(bill, free: free) ?? 0
      #expect((shared[variant] ?? 0) <= alone)
    }
  }
}

/// The same numbers for the same seed.
struct Dice {
  var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func upTo(_ most: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % (most + 1)
  }
}
