/// What a customer's literal words say to "Book this order?". Only words that can mean nothing else
/// count: a yes with an if or a but is none.
enum SpokenAnswer: Sendable, Equatable {
  case yes, no, unclear

  private static let yesses: Set<String> = [
    "yes", "confirm", "yes confirm", "i confirm", "yes i confirm", "yes please", "yes book it",
    "book it", "yes book this order", "oui", "je confirme",
  ]
  private static let noes: Set<String> = [
    "no", "no thanks", "no thank you", "cancel", "stop", "do not", "dont", "don't", "no do not",
    "do not book it", "don't book it", "non", "no cancel",
  ]

  init(_ words: String) {
    // Letters, apostrophes and single blanks are left.
    var plain = ""
    for scalar in words.lowercased().unicodeScalars {
      if scalar.properties.isAlphabetic || scalar == "'" {
        plain.unicodeScalars.append(scalar)
      } else if scalar == "’" {
        plain += "'"
      } else if scalar.properties.isWhitespace || ",.!-".unicodeScalars.contains(scalar) {
        if !plain.isEmpty, plain.last != " " { plain += " " }
      } else {
        // A question mark, a digit, anything else: not a plain answer.
        self = .unclear
        return
      }
    }
    if plain.last == " " { plain.removeLast() }
    self = Self.yesses.contains(plain) ? .yes : Self.noes.contains(plain) ? .no : .unclear
  }
}
