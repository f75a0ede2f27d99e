/// Character references, as far as mail programs and the marketplace write them.
enum HTMLEntities {
  private static let bytesMax = 12
  private static let named: [String: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "hellip": "…",
    "ndash": "–", "mdash": "—", "laquo": "«", "raquo": "»", "lsquo": "‘", "rsquo": "’",
    "ldquo": "“", "rdquo": "”", "bull": "•", "middot": "·", "euro": "€", "copy": "©", "reg": "®",
    "trade": "™", "deg": "°", "times": "×", "eacute": "é", "egrave": "è", "ecirc": "ê",
    "euml": "ë", "agrave": "à", "acirc": "â", "aacute": "á", "auml": "ä", "ccedil": "ç",
    "icirc": "î", "iuml": "ï", "ocirc": "ô", "ouml": "ö", "ugrave": "ù", "ucirc": "û",
    "uuml": "ü", "oelig": "œ", "aelig": "æ", "szlig": "ß", "ntilde": "ñ", "Eacute": "É",
    "Egrave": "È", "Agrave": "À", "Ccedil": "Ç",
  ]

  /// - Returns: what the reference at this `&` stands for, and where it ends; `nil` when it is none.
  static func read(_ bytes: [UInt8], _ start: Int) -> (text: String, end: Int)? {
    let rest = bytes[(start + 1)...].prefix(bytesMax)
    guard let semicolon = rest.firstIndex(of: UInt8(ascii: ";")), semicolon > start + 1 else {
      return nil
    }
    let name = String(decoding: bytes[(start + 1)..<semicolon], as: UTF8.self)
    if name.first == "#" {
      let digits = name.dropFirst()
      let isHex = digits.first == "x" || digits.first == "X"
      guard let value = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits),
        let scalar = Unicode.Scalar(value)
      else { return nil }
      return (String(Character(scalar)), semicolon + 1)
    }
    return named[name].map { ($0, semicolon + 1) }
  }
}
