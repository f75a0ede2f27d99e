import Ledger

/// What may be typed for a part, whoever types it: a person, a script or a file.
enum Checks {
  static let codeBytesMax = 64
  static let nameCharactersMax = 200
  static let typeCharactersMax = 40
  static let barcodeBytesMax = 80
  static let skuBytesMax = 255
  static let reasonCharactersMax = 500
  static let piecesMax: Int64 = 1_000_000_000
  static let coverDaysMax = 3_650
  static let billLinesMax = 100
  static let perUnitMax = 10_000
  static let bufferMax = 1_000_000

  /// What is wrong with a component as somebody wants it; `nil` when nothing is.
  static func problem(_ draft: ComponentDraft, isNew: Bool) -> InventoryError? {
    if let why = code(draft.code) { return .invalid(field: "code", why: why) }
    if isNew, draft.name == nil { return .invalid(field: "name", why: "a new part needs one") }
    if let name = draft.name, let why = line(name, nameCharactersMax) {
      return .invalid(field: "name", why: why)
    }
    if let type = draft.type, let why = line(type, typeCharactersMax) {
      return .invalid(field: "type", why: why)
    }
    if let barcode = draft.barcode, let why = self.barcode(barcode) {
      return .invalid(field: "barcode", why: why)
    }
    if let days = draft.coverDays, !(0...coverDaysMax).contains(days) {
      return .invalid(field: "cover_days", why: "expected 0 to \(coverDaysMax)")
    }
    return nil
  }

  static func code(_ text: String) -> String? {
    if text.isEmpty { return "is missing" }
    if text.utf8.count > codeBytesMax { return "is longer than \(codeBytesMax) characters" }
    return text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      ? nil : "takes visible ASCII characters without spaces"
  }

  static func barcode(_ text: String) -> String? {
    if text.isEmpty { return "is missing" }
    if text.utf8.count > barcodeBytesMax { return "is longer than \(barcodeBytesMax) characters" }
    return text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.utf8.first != 0x20
      && text.utf8.last != 0x20
      ? nil : "takes ASCII characters, as a scanner sends them"
  }

  static func sku(_ text: String) -> String? {
    if text.isEmpty { return "is missing" }
    if text.utf8.count > skuBytesMax { return "is longer than \(skuBytesMax) bytes" }
    return hasControls(text) ? "has control characters" : nil
  }

  /// One line of readable text.
  static func line(_ text: String, _ most: Int) -> String? {
    if text.allSatisfy(\.isWhitespace) { return "is empty" }
    if text.count > most { return "is longer than \(most) characters" }
    return hasControls(text) ? "has control characters" : nil
  }

  /// C0, C1, and what turns the direction of the text around it.
  private static func hasControls(_ text: String) -> Bool {
    text.unicodeScalars.contains {
      $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || (0x202A...0x202E).contains($0.value)
        || (0x2066...0x2069).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029
    }
  }
}
