public import Booking
public import BookingAPI
public import Kit

/// A booking tool as a function for any OpenAI-compatible server: the same definition that checks the
/// call, in the strict subset of JSON Schema that such servers can hold a model to.
public struct FunctionTool: Sendable {
  public let tool: BookingTool

  public init(_ tool: BookingTool) { self.tool = tool }

  /// What a kind of key can use, in the order of the API's page.
  public static func all(for kind: Principal.Kind) -> [FunctionTool] {
    let principal = Principal(
      keyID: "", businessID: "", kind: kind, scopes: Scope.standard(kind))
    return BookingTool.fit(for: principal).map(FunctionTool.init)
  }

  /// For `tools` of `/v1/chat/completions`.
  public var json: JSON {
    .object([("type", "function"), ("function", .object(members))])
  }

  /// For `tools` of `/v1/responses`, where the members lie flat.
  public var flatJSON: JSON { .object([("type", "function")] + members) }

  private var members: [(String, JSON)] {
    [
      ("name", .string(tool.name)), ("description", .string(tool.description)), ("strict", true),
      ("parameters", Self.strict(tool.input)),
    ]
  }

  /// Every member is required, and one that may be left out may be null. Lengths and patterns are the
  /// server's to check: not every server that serves models takes them.
  static func strict(_ schema: Schema, meaning: String = "", isOptional: Bool = false) -> JSON {
    var members: [(String, JSON)]
    switch schema {
    case .text: members = [("type", type("string", isOptional))]
    case .integer(let range):
      members = [
        ("type", type("integer", isOptional)), ("minimum", .int(range.lowerBound)),
        ("maximum", .int(range.upperBound)),
      ]
    case .boolean: members = [("type", type("boolean", isOptional))]
    case .choice(let words):
      let all = words.map(JSON.string) + (isOptional ? [.null] : [])
      members = [("type", type("string", isOptional)), ("enum", .array(all))]
    case .array(let element, _):
      members = [("type", type("array", isOptional)), ("items", strict(element))]
    case .object(let fields):
      let properties = fields.map {
        ($0.name, strict($0.schema, meaning: $0.meaning, isOptional: !$0.isRequired))
      }
      members = [
        ("type", type("object", isOptional)), ("properties", .object(properties)),
        ("required", .array(fields.map { .string($0.name) })), ("additionalProperties", false),
      ]
    case .orNull(let schema): return strict(schema, meaning: meaning, isOptional: true)
    case .any, .map: members = [("type", type("object", isOptional))]
    }
    if !meaning.isEmpty { members.append(("description", .string(meaning))) }
    return .object(members)
  }

  private static func type(_ name: String, _ isOptional: Bool) -> JSON {
    isOptional ? [.string(name), "null"] : .string(name)
  }
}
