/// What a cell of ours is to hold.
public enum SheetCell: Sendable, Equatable {
  case text(String)
  case whole(Int64)

  /// As the sheet gives it back, as text.
  public var text: String {
    switch self {
    case .text(let text): text
    case .whole(let number): String(number)
    }
  }

  /// Google Sheets holds 50,000 characters in a cell; nobody reads that many.
  public static let lettersMax = 2_000

  /// Somebody else's words as a cell that is only text, wherever the sheet is taken: written RAW, it
  /// is no formula in the sheet itself; the apostrophe keeps it from becoming one in a program that
  /// opens the sheet's export. A telephone number keeps its plus.
  public static func inert(_ words: String) -> SheetCell {
    var text = String(String.UnicodeScalarView(words.unicodeScalars.map(clean)))
    text = String(text.drop { $0.isWhitespace })
    while text.last?.isWhitespace == true { text.removeLast() }
    if text.count > lettersMax { text = text.prefix(lettersMax) + "…" }
    guard let first = text.unicodeScalars.first, dangerous.contains(first), !isNumberLike(text)
    else { return .text(text) }
    return .text("'" + text)
  }

  /// Also the full-width forms, which some programs read alike.
  private static let dangerous: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
  ]

  /// Digits and what stands between them: nothing that can name a function or another cell.
  private static func isNumberLike(_ text: String) -> Bool {
    (text.hasPrefix("+") || text.hasPrefix("-"))
      && text.unicodeScalars.dropFirst().allSatisfy { scalar in
        switch scalar {
        case "0"..."9", " ", "(", ")", ".", "-": true
        default: false
        }
      }
  }

  /// Line breaks stay; other controls, and marks that turn the direction of writing, become blanks.
  private static func clean(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 10: scalar
    case 0..<32, 127..<160, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: " "
    default: scalar
    }
  }
}
