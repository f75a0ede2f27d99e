/// How many of each variant can be built from what is free. Always solved on components: a part that
/// two variants share is one part.
public enum Availability {
  /// A variant's bill of materials: pieces of each component in one unit.
  public typealias Bill = [Int64: Int64]

  /// How many units could be built if only this bill were built.
  /// - Parameter free: pieces of each component that nothing holds; absent or negative counts as none.
  /// - Returns: `nil` for an empty bill: it limits nothing.
  public static func alone(_ bill: Bill, free: [Int64: Int64]) -> Int64? {
    bill.map { part, pieces in max(0, free[part] ?? 0) / pieces }.min()
  }

  /// Shares what is free among variants so that all of the answer can be built together: one unit at
  /// a time to whoever has least so far, until nothing more fits. Ties go to the smaller key, so the
  /// same stock gives the same answer.
  ///
  /// - Parameters:
  ///   - bills: by variant; an empty bill gets nothing here.
  ///   - most: no variant gets more than this.
  /// - Complexity: rounds are as many as distinct levels at which a part runs out, not as units.
  public static func together<Key: Hashable & Comparable>(
    _ bills: [Key: Bill], free: [Int64: Int64], most: Int64 = .max
  ) -> [Key: Int64] {
    var left = free.mapValues { max(0, $0) }
    var given = bills.mapValues { _ in Int64(0) }
    var growing = bills.filter { !$0.value.isEmpty }.keys.sorted()
    while !growing.isEmpty {
      // What a round of one unit for everybody costs, and how many such rounds there is stock for.
      var cost: Bill = [:]
      for key in growing {
        for (part, pieces) in bills[key] ?? [:] { cost[part, default: 0] += pieces }
      }
      let level = growing.map { given[$0] ?? 0 }.max() ?? 0
      let rounds = min(cost.map { (left[$0] ?? 0) / $1 }.min() ?? 0, most - level)
      if rounds > 0 {
        for key in growing { given[key, default: 0] += rounds }
        for (part, pieces) in cost { left[part, default: 0] -= pieces * rounds }
      }
      // No full round is left: one more unit each, in order, and who cannot grow is out.
      growing = growing.filter { key in
        guard let bill = bills[key], (given[key] ?? 0) < most,
          bill.allSatisfy({ (left[$0] ?? 0) >= $1 })
        else { return false }
        given[key, default: 0] += 1
        for (part, pieces) in bill { left[part, default: 0] -= pieces }
        return true
      }
    }
    return given
  }
}
