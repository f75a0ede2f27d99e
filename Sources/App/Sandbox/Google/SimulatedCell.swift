import Kit

/// What a cell of the simulated sheet holds.
enum SimulatedCell: Sendable, Equatable {
  case empty
  case text(String)
  /// A number's own text.
  case number(String)
  case flag(Bool)
  /// Live code: it came in as if a person had typed it.
  case formula(String)

  /// - Parameter isTyped: `USER_ENTERED`; otherwise `RAW`.
  init?(_ value: JSONValue, isTyped: Bool) {
    switch value.kind {
    case .null: return nil
    case .bool: self = .flag(value.bool ?? false)
    case .number: self = .number(value.rawText)
    case .array, .object: return nil
    case .string:
      let text = value.string ?? ""
      if text.isEmpty {
        self = .empty
      } else if isTyped, let first = text.first, "=+".contains(first), text.count > 1 {
        self = .formula(text)
      } else if isTyped, Double(text) != nil {
        self = .number(text)
      } else if isTyped, text.first == "'" {
        self = .text(String(text.dropFirst()))
      } else {
        self = .text(text)
      }
    }
  }

  var isEmpty: Bool { self == .empty }

  var json: JSON {
    switch self {
    case .empty: ""
    case .text(let text), .formula(let text): .string(text)
    case .number(let text): .decimal(text)
    case .flag(let flag): .bool(flag)
    }
  }

  /// As text.
  var shown: String {
    switch self {
    case .empty: ""
    case .text(let text), .formula(let text), .number(let text): text
    case .flag(let flag): flag ? "TRUE" : "FALSE"
    }
  }
}
