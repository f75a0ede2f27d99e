/// An exact amount at two decimals with its currency; never a `Double`.
public struct Money: Sendable, Hashable, CustomStringConvertible {
  /// Hundredths: cents of a dollar.
  public var minorUnits: Int64
  /// ISO 4217, `CAD`.
  public var currency: String

  /// What `numeric(12,2)` holds.
  private static let minorUnitsMax: Int64 = 999_999_999_999
  private static let digitsMax = 40

  public init(minorUnits: Int64, currency: String) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// Reads `12.34`, `-3`, `12.3400`, `1.2e1`. `nil` for anything that is no number, has more than
  /// two decimals that count, needs more than twelve digits, or whose currency is not three
  /// capital letters.
  public init?(decimal: some StringProtocol, currency: String) {
    self.init(decimal, currency, rounds: false)
  }

  /// The same; rounds what is finer than two decimals, half away from zero as PostgreSQL does.
  public init?(rounding decimal: some StringProtocol, currency: String) {
    self.init(decimal, currency, rounds: true)
  }

  private init?(_ decimal: some StringProtocol, _ currency: String, rounds: Bool) {
    guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (65...90).contains($0) }),
      let number = DecimalText(decimal), number.digits.count <= Self.digitsMax
    else { return nil }
    var units: Int64 = 0
    // The place of each digit, counted in hundredths: 0 is the cents' own.
    var place = number.digits.count - 1 + number.exponent + 2
    guard place <= 2 * Self.digitsMax else { return nil }
    var isFirstLost = true
    for digit in number.digits {
      if place >= 0 {
        units = units * 10 + Int64(digit)
        guard units <= Self.minorUnitsMax else { return nil }
      } else if digit != 0 || isFirstLost {
        guard rounds || digit == 0 else { return nil }
        if isFirstLost, place == -1, digit >= 5 { units += 1 }
        isFirstLost = false
      }
      place -= 1
    }
    while place >= 0, units != 0 {
      units *= 10
      guard units <= Self.minorUnitsMax else { return nil }
      place -= 1
    }
    guard units <= Self.minorUnitsMax else { return nil }
    self.init(minorUnits: number.isNegative ? -units : units, currency: currency)
  }

  /// `12.34`, as SQL and JSON want it.
  public var decimal: String {
    let (whole, cents) = minorUnits.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(minorUnits < 0 ? "-" : "")\(whole).\(cents < 10 ? "0" : "")\(cents)"
  }

  /// `12.34 CAD`
  public var description: String { "\(decimal) \(currency)" }

  /// Both must be of one currency; adding others is a mistake of ours.
  public static func + (a: Money, b: Money) -> Money {
    precondition(a.currency == b.currency, "amounts of different currencies")
    return Money(minorUnits: a.minorUnits + b.minorUnits, currency: a.currency)
  }

  public static func - (a: Money, b: Money) -> Money {
    a + Money(minorUnits: -b.minorUnits, currency: b.currency)
  }
}
