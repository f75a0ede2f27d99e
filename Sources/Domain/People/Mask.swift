/// Customers' data as somebody sees it who does not need it.
public enum Mask {
  /// `Robin Example` as `R. E.`; nothing but the initials.
  public static func name(_ name: String) -> String {
    name.split(whereSeparator: { $0 == " " || $0 == "\t" }).prefix(4)
      .compactMap { $0.first.map { "\($0)." } }.joined(separator: " ")
  }

  /// The end of a number, enough to tell two apart: `902-555-0199` as `••99`.
  public static func number(_ number: String) -> String {
    let digits = number.filter(\.isNumber)
    return digits.count < 4 ? "••" : "••" + digits.suffix(2)
  }

  public static let text = "hidden"
}
