/// What stands between texts from outside and our pages.
public enum HTMLText {
  /// Fit for text and for a quoted attribute. Control characters and those that turn the direction
  /// of writing (with them one order id can look like another) become U+FFFD.
  public static func escape(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\n", "\t": out.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{200e}", "\u{200f}",
        "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}":
        out.unicodeScalars.append("\u{fffd}")
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
