import Kit

/// Just enough of OpenAPI to judge an answer: types, required members, items, references.
///
/// "Required" does not mean that null is forbidden: the marketplace's own examples have null there.
struct OpenAPI {
  private let root: JSONValue

  init(_ bytes: [UInt8]) throws {
    root = try JSONValue.parse(bytes)
  }

  func problems(
    _ value: JSONValue, answering path: String, ignoresMissing: Bool = false
  ) -> [String] {
    let content = root["paths"]?[path]?["get"]?["responses"]?["200"]?["content"]
    guard let schema = content?["application/json"]?["schema"] else {
      return ["no schema for \(path)"]
    }
    var problems: [String] = []
    check(value, schema, "$", ignoresMissing, &problems)
    return problems
  }

  private func check(
    _ value: JSONValue, _ schema: JSONValue, _ place: String, _ ignoresMissing: Bool,
    _ problems: inout [String]
  ) {
    let schema = resolved(schema)
    if value.isNull { return }
    switch schema["type"]?.string ?? "" {
    case "object":
      guard value.kind == .object else { return problems.append("\(place) is no object") }
      // Deprecated members may have gone.
      let deprecated: Set<String> = ["leadtime_to_ship", "customer_directly_pays_seller"]
      for name in schema["required"]?.elements.compactMap(\.string) ?? [] {
        if value[name] == nil, !ignoresMissing, !deprecated.contains(name) {
          problems.append("\(place).\(name) is missing")
        }
      }
      for (name, member) in value.members {
        guard let rule = schema["properties"]?[name] else { continue }
        check(member, rule, "\(place).\(name)", ignoresMissing, &problems)
      }
    case "array":
      guard value.kind == .array else { return problems.append("\(place) is no array") }
      guard let rule = schema["items"] else { return }
      for (index, item) in value.elements.enumerated() {
        check(item, rule, "\(place)[\(index)]", ignoresMissing, &problems)
      }
    case "string":
      guard value.kind == .string else { return problems.append("\(place) is no string") }
      if schema["format"]?.string == "date-time", value.timestamp == nil {
        problems.append("\(place) is no date")
      }
    case "integer":
      if value.kind != .number || value.int == nil { problems.append("\(place) is no integer") }
    case "number":
      if value.kind != .number { problems.append("\(place) is no number") }
    case "boolean":
      if value.kind != .bool { problems.append("\(place) is no boolean") }
    default: break
    }
  }

  private func resolved(_ schema: JSONValue) -> JSONValue {
    guard let name = schema["$ref"]?.string?.split(separator: "/").last else { return schema }
    return root["components"]?["schemas"]?[String(name)] ?? schema
  }
}
