import Kit

/// What a cell holds, or is to hold.
public enum SheetValue: Sendable, Hashable {
  case text(String)
  /// A number's own text.
  case number(String)
  case flag(Bool)
  /// Written: the cell is emptied.
  case empty

  init(_ value: JSONValue) {
    switch value.kind {
    case .string:
      let text = value.string ?? ""
      self = text.isEmpty ? .empty : .text(text)
    case .number: self = .number(value.rawText)
    case .bool: self = .flag(value.bool ?? false)
    case .null, .array, .object: self = .empty
    }
  }

  var json: JSON {
    switch self {
    case .text(let text): .string(text)
    case .number(let text): .decimal(text)
    case .flag(let flag): .bool(flag)
    case .empty: ""
    }
  }

  /// As text; "" for an empty cell.
  public var text: String {
    switch self {
    case .text(let text), .number(let text): text
    case .flag(let flag): flag ? "TRUE" : "FALSE"
    case .empty: ""
    }
  }
}
