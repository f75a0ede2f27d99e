import Kit

/// As much of an OpenAPI description as is needed to judge the requests that we send.
struct OpenAPI {
  let root: JSONValue

  /// The operation of that id.
  func operation(_ id: String) -> JSONValue? {
    for path in root["paths"]?.members ?? [] {
      for method in path.value.members where method.value["operationId"]?.string == id {
        return method.value
      }
    }
    return nil
  }

  /// Names of the query's parameters.
  func parameters(_ id: String) -> Set<String> {
    Set(
      (operation(id)?["parameters"]?.elements ?? [])
        .filter { $0["in"]?.string == "query" }.compactMap { $0["name"]?.string })
  }

  /// What is wrong with a request body: missing or unknown members, wrong types.
  func problems(_ id: String, request body: [UInt8]) throws -> [String] {
    let content = operation(id)?["requestBody"]?["content"]?["application/json"]
    guard let schema = content?["schema"] else { return ["\(id) takes no JSON body"] }
    return problems(try JSONValue.parse(body), schema, at: "$")
  }

  private func problems(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
    if let reference = schema["$ref"]?.string {
      var target: JSONValue? = root
      for part in reference.dropFirst(2).split(separator: "/") { target = target?[String(part)] }
      guard let target else { return ["\(place): \(reference) is nowhere"] }
      return problems(value, target, at: place)
    }
    switch schema["type"]?.string {
    case "object":
      guard value.kind == .object else { return ["\(place): no object"] }
      let known = schema["properties"]
      var found: [String] = []
      for required in schema["required"]?.elements ?? [] {
        if let name = required.string, value[name] == nil {
          found.append("\(place).\(name): missing")
        }
      }
      for member in value.members {
        guard let part = known?[member.key] else {
          found.append("\(place).\(member.key): unknown")
          continue
        }
        found += problems(member.value, part, at: "\(place).\(member.key)")
      }
      return found
    case "array":
      guard value.kind == .array else { return ["\(place): no array"] }
      guard let items = schema["items"] else { return [] }
      return value.elements.enumerated().flatMap { problems($1, items, at: "\(place)[\($0)]") }
    case "string": return value.kind == .string ? [] : ["\(place): no string"]
    case "boolean": return value.kind == .bool ? [] : ["\(place): no boolean"]
    case "integer": return value.int != nil && value.kind == .number ? [] : ["\(place): no integer"]
    case "number": return value.kind == .number ? [] : ["\(place): no number"]
    default: return []
    }
  }
}
