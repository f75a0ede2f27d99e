/// What a message says, whatever it was written in. Bodies are untrusted: they come from customers'
/// mail programs as plain text, as a few tags, or as whole pages of HTML (contract 8.6).
public enum MessageText {
  /// Characters that are kept of one message's text; the body itself is kept whole beside it.
  public static let charactersMax = 100_000

  /// The text that people read: tags gone, entities read, line breaks kept, nothing that could steer
  /// a display (control characters, changes of writing direction).
  public static func plain(_ body: String) -> String {
    let text = HTMLReading.looksLikeHTML(body) ? HTMLReading.text(of: body) : body
    return tidied(text)
  }

  /// One line of somebody else's: a name, a topic, a file's name.
  public static func line(_ text: String, max: Int = 200) -> String {
    let words = inert(text).split(whereSeparator: { $0.isWhitespace })
    return String(words.joined(separator: " ").prefix(max))
  }

  /// What two copies of one message have in common after mail programs and the marketplace had their
  /// way with line breaks, tags and entities.
  public static func comparable(_ body: String) -> String {
    plain(body).split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
  }

  /// What we send: line breaks as the marketplace wants them, so that they survive its pages.
  public static func wire(_ text: String) -> String {
    text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
      .replacing("\n", with: "<br />\n")
  }

  private static func tidied(_ text: String) -> String {
    var lines: [Substring] = []
    var blanks = 0
    let kept = inert(text)
    for line in kept.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = line.trimmed
      blanks = line.isEmpty ? blanks + 1 : 0
      if blanks <= 1 { lines.append(line) }
    }
    return String(lines.joined(separator: "\n")[...].trimmed.prefix(charactersMax))
  }

  private static func inert(_ text: String) -> String {
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0D: continue
      case 0x09, 0x0A: view.append(scalar)
      case 0..<0x20, 0x7F..<0xA0: view.append(" ")
      // Marks, embeddings, overrides and isolates of writing direction; line separators.
      case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C: continue
      case 0x2028, 0x2029: view.append("\n")
      case 0xFEFF: continue
      default: view.append(scalar)
      }
    }
    return String(view)
  }
}

extension Substring {
  /// Without blanks at either end.
  var trimmed: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[startIndex..<startIndex] }
    return self[first...last]
  }
}
