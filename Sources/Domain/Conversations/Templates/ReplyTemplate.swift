/// The text of an answer with variables in it: `{{customer.first_name}}`, or with what to say when it
/// is not known, `{{customer.first_name | there}}`.
public enum ReplyTemplate {
  /// Characters of a template.
  public static let charactersMax = 20_000

  /// The variables that are missing; nothing was sent and nothing can be.
  public struct Unresolved: Error, Equatable, CustomStringConvertible {
    public var names: [String]
    public var description: String {
      "nobody knows \(names.map { "{{\($0)}}" }.joined(separator: ", ")) here; "
        + "give a fallback, as in {{name | there}}, or write it yourself"
    }
  }

  /// - Throws: `Unresolved` when a variable has neither a value nor a fallback.
  public static func render(
    _ template: String, _ values: [ReplyVariable: String]
  ) throws(Unresolved) -> String {
    var text = ""
    var missing: [String] = []
    for piece in pieces(of: template) {
      switch piece {
      case .text(let words): text += words
      case .variable(let name, let fallback):
        let value = ReplyVariable(rawValue: name).flatMap { values[$0] } ?? ""
        if !value.isEmpty {
          text += value
        } else if let fallback {
          text += fallback
        } else if !missing.contains(name) {
          missing.append(name)
        }
      }
    }
    if !missing.isEmpty { throw Unresolved(names: missing) }
    return text
  }

  /// The first variable that still stands in a text, with its braces. Half a variable counts.
  public static func leftover(in text: String) -> String? {
    guard let open = text.firstRange(of: "{{") else {
      return text.contains("}}") ? "}}" : nil
    }
    let rest = text[open.lowerBound...]
    guard let close = rest.firstRange(of: "}}") else { return String(rest.prefix(40)) }
    return String(rest[..<close.upperBound].prefix(60))
  }

  /// - Returns: what is wrong with a template as such; `nil` when it can be saved.
  public static func problem(_ template: String) -> String? {
    if template.count > charactersMax { return "longer than \(charactersMax) characters" }
    if MessageText.comparable(template).count < ReplyText.charactersMin { return "empty" }
    var text = ""
    for piece in pieces(of: template) {
      switch piece {
      case .text(let words): text += words
      case .variable(let name, _):
        if ReplyVariable(rawValue: name) == nil {
          let known = ReplyVariable.allCases.map(\.rawValue).joined(separator: ", ")
          return "there is no variable {{\(name)}}; there are \(known)"
        }
      }
    }
    if let half = leftover(in: text) { return "“\(half)” is half a variable" }
    return lint(text).map {
      "“\($0)” reads as a robot's answer; marketplaces count that against a shop"
    }
  }

  /// Phrases by which marketplaces know a robot.
  static func lint(_ text: String) -> String? {
    let text = text.lowercased()
    return [
      "out of office", "automatic reply", "automated message", "do not reply",
      "réponse automatique",
      "ne pas répondre",
    ].first(where: text.contains)
  }

  private enum Piece {
    case text(String)
    case variable(String, fallback: String?)
  }

  private static func pieces(of template: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = template[...]
    while let open = rest.firstRange(of: "{{"),
      let close = rest[open.upperBound...].firstRange(of: "}}")
    {
      pieces.append(.text(String(rest[..<open.lowerBound])))
      let inside = rest[open.upperBound..<close.lowerBound]
      let bar = inside.firstIndex(of: "|")
      let name = inside[..<(bar ?? inside.endIndex)].trimmed
      let fallback = bar.map { String(inside[inside.index(after: $0)...].trimmed) }
      pieces.append(.variable(String(name), fallback: fallback))
      rest = rest[close.upperBound...]
    }
    pieces.append(.text(String(rest)))
    return pieces
  }
}
