extension Timestamp {
  /// `2026-03-04T15:06:07.089Z`: UTC; the fraction has no, three or six digits.
  public var iso8601: String {
    let seconds = microseconds.quotient(by: 1_000_000)
    let fraction = microseconds - seconds * 1_000_000
    let days = seconds.quotient(by: 86_400)
    let second = Int(seconds - days * 86_400)
    let (year, month, day) = Timestamp.civil(days)
    var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
    text += "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    if fraction != 0 {
      text +=
        fraction % 1_000 == 0
        ? ".\(padded(Int(fraction / 1_000), 3))" : ".\(padded(Int(fraction), 6))"
    }
    return text + "Z"
  }

  /// Every shape that Mirakl sends or understands: with or without a fraction, with `Z`, `+hh:mm`,
  /// `+hhmm`, `+hh` or no zone (UTC), or a bare date.
  public init?(iso8601 text: some StringProtocol) {
    var text = String(text)
    guard let read = text.withUTF8({ Timestamp(iso8601: $0) }) else { return nil }
    self = read
  }

  init?(iso8601 text: UnsafeBufferPointer<UInt8>) {
    var reader = Reader(text: text)
    guard let year = reader.digits(4), reader.skip(45), let month = reader.digits(2),
      reader.skip(45), let day = reader.digits(2), (1...12).contains(month),
      (1...Timestamp.days(in: month, of: year)).contains(day)
    else { return nil }
    var micros = Timestamp.days(year, month, day) * 86_400_000_000
    if reader.isAtEnd {
      self.init(microseconds: micros)
      return
    }
    guard reader.skip(84) || reader.skip(32), let hour = reader.digits(2), reader.skip(58),
      let minute = reader.digits(2), hour < 24, minute < 60
    else { return nil }
    micros += Int64(hour * 3_600 + minute * 60) * 1_000_000
    if reader.skip(58) {
      guard let second = reader.digits(2), second <= 60 else { return nil }
      micros += Int64(second) * 1_000_000
      if reader.skip(46) || reader.skip(44) {
        var scale: Int64 = 100_000
        var count = 0
        while let digit = reader.digits(1) {
          micros += Int64(digit) * scale
          scale /= 10
          count += 1
        }
        guard count > 0 else { return nil }
      }
    }
    guard let offset = Timestamp.offset(Array(text[reader.at...])[...]) else { return nil }
    self.init(microseconds: micros - offset)
  }

  private struct Reader {
    let text: UnsafeBufferPointer<UInt8>
    var at = 0

    var isAtEnd: Bool { at == text.count }

    /// A number of exactly so many digits, or nothing is read.
    mutating func digits(_ count: Int) -> Int? {
      guard text.count - at >= count else { return nil }
      var value = 0
      for byte in text[at..<at + count] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int(byte) - 48
      }
      at += count
      return value
    }

    mutating func skip(_ byte: UInt8) -> Bool {
      guard at < text.count, text[at] == byte else { return false }
      at += 1
      return true
    }
  }

  private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
    guard let sign = zone.first else { return 0 }
    if sign == 90 || sign == 122 { return zone.count == 1 ? 0 : nil }
    guard sign == 43 || sign == 45 else { return nil }
    var digits = Array(zone.dropFirst())
    if digits.count == 5, digits[2] == 58 { digits.remove(at: 2) }
    guard digits.count == 2 || digits.count == 4, digits.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    let values = digits.map { Int64($0) - 48 }
    let hours = values[0] * 10 + values[1]
    let minutes = values.count == 4 ? values[2] * 10 + values[3] : 0
    guard hours < 24, minutes < 60 else { return nil }
    return (hours * 3_600 + minutes * 60) * 1_000_000 * (sign == 45 ? -1 : 1)
  }

  // The civil calendar, proleptic Gregorian, in days since 1970-01-01 (Howard Hinnant's method).

  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    let y = Int64(month <= 2 ? year - 1 : year)
    let era = y.quotient(by: 400)
    let yearOfEra = y - era * 400
    let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(_ days: Int64) -> (Int, Int, Int) {
    let z = days + 719_468
    let era = z.quotient(by: 146_097)
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let mp = (5 * dayOfYear + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(dayOfYear - (153 * mp + 2) / 5 + 1))
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

private func padded(_ value: Int, _ width: Int) -> String {
  let text = String(value)
  return text.count >= width ? text : String(repeating: "0", count: width - text.count) + text
}

extension Int64 {
  /// Division that rounds towards minus infinity.
  fileprivate func quotient(by divisor: Int64) -> Int64 {
    let (q, r) = quotientAndRemainder(dividingBy: divisor)
    return r < 0 ? q - 1 : q
  }
}
