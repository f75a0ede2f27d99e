/// A number in JSON's grammar, taken apart: digits times ten to the exponent.
struct DecimalText {
  var isNegative = false
  /// 0 to 9 each, leading zeros left out; empty for zero.
  var digits: [UInt8] = []
  var exponent = 0

  private static let exponentMax = 9_999

  /// `nil` for whatever JSON would not take as a number.
  init?(_ text: some StringProtocol) {
    var rest = Array(text.utf8)[...]
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (48...57).contains($0) } ?? false }
    if rest.first == 45 {
      isNegative = true
      rest.removeFirst()
    }
    guard isDigit(rest.first) else { return nil }
    let hasLeadingZero = rest.first == 48
    var count = 0
    while let byte = rest.first, isDigit(byte) {
      add(byte)
      rest.removeFirst()
      count += 1
    }
    if hasLeadingZero, count > 1 { return nil }
    if rest.first == 46 {
      rest.removeFirst()
      guard isDigit(rest.first) else { return nil }
      while let byte = rest.first, isDigit(byte) {
        add(byte)
        exponent -= 1
        rest.removeFirst()
      }
    }
    if rest.first == 101 || rest.first == 69 {
      rest.removeFirst()
      let isDown = rest.first == 45
      if isDown || rest.first == 43 { rest.removeFirst() }
      guard isDigit(rest.first) else { return nil }
      var power = 0
      while let byte = rest.first, isDigit(byte) {
        power = min(power * 10 + Int(byte) - 48, Self.exponentMax)
        rest.removeFirst()
      }
      exponent += isDown ? -power : power
    }
    guard rest.isEmpty else { return nil }
    if digits.isEmpty { exponent = 0 }
  }

  private mutating func add(_ byte: UInt8) {
    if byte != 48 || !digits.isEmpty { digits.append(byte - 48) }
  }

  /// The number when it is whole and fits, however it was written: `2`, `2.0`, `2e3`.
  var whole: Int64? {
    var digits = digits[...]
    var exponent = exponent
    while exponent < 0, digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    guard exponent >= 0, digits.count + exponent <= 19 else { return nil }
    var value: Int64 = 0
    for i in 0..<(digits.count + exponent) {
      let digit = i < digits.count ? Int64(digits[digits.startIndex + i]) : 0
      let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
      // Built downwards, for the smallest number has no positive twin.
      let (next, tooLong) = tens.subtractingReportingOverflow(digit)
      if tooLarge || tooLong { return nil }
      value = next
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }
}
