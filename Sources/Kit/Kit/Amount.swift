/// Hundredths of a currency that is told elsewhere (its business's, its shop's), and their text with
/// two decimals.
public enum Amount {
  /// ISO 4217's own code for "no currency".
  private static let noCurrency = "XXX"

  /// `12.34`
  public static func text(_ hundredths: Int64) -> String {
    Money(minorUnits: hundredths, currency: noCurrency).decimal
  }

  public static func json(_ hundredths: Int64?) -> JSON {
    hundredths.map { .string(text($0)) } ?? .null
  }

  /// `nil` for what `Money(decimal:currency:)` does not read.
  public static func hundredths(_ text: (some StringProtocol)?) -> Int64? {
    text.flatMap { Money(decimal: $0, currency: noCurrency)?.minorUnits }
  }

  /// The same; rounds what is finer, as `Money(rounding:currency:)` does.
  public static func rounded(_ text: (some StringProtocol)?) -> Int64? {
    text.flatMap { Money(rounding: $0, currency: noCurrency)?.minorUnits }
  }
}
