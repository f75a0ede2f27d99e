public import Kit

extension Schema {
  /// As JSON Schema 2020-12, which is what OpenAPI 3.1 and tools speak.
  public var json: JSON { .object(members) }

  private var members: [(String, JSON)] {
    switch self {
    case .text(let rule):
      var all: [(String, JSON)] = [
        ("type", "string"), ("minLength", .int(Int64(rule.length.lowerBound))),
        ("maxLength", .int(Int64(rule.length.upperBound))),
      ]
      if let pattern = rule.pattern { all.append(("pattern", .string(pattern))) }
      switch rule.kind {
      case .uuid: all.append(("format", "uuid"))
      case .moment: all.append(("format", "date-time"))
      case .line, .lines, .phone, .identifier, .amount, .digest, .key, .code: break
      }
      if let example = rule.example { all.append(("examples", [.string(example)])) }
      return all
    case .integer(let range):
      return [
        ("type", "integer"), ("minimum", .int(range.lowerBound)),
        ("maximum", .int(range.upperBound)),
      ]
    case .boolean: return [("type", "boolean")]
    case .choice(let words):
      return [("type", "string"), ("enum", .array(words.map(JSON.string)))]
    case .array(let element, let count):
      return [
        ("type", "array"), ("items", element.json), ("minItems", .int(Int64(count.lowerBound))),
        ("maxItems", .int(Int64(count.upperBound))),
      ]
    case .object(let fields):
      return [
        ("type", "object"),
        ("properties", .object(fields.map { ($0.name, $0.json) })),
        ("required", .array(fields.filter(\.isRequired).map { .string($0.name) })),
        ("additionalProperties", false),
      ]
    case .any: return []
    case .map: return [("type", "object")]
    case .orNull(let schema): return schema.nullable
    }
  }

  var nullable: [(String, JSON)] {
    var all = members
    guard let i = all.firstIndex(where: { $0.0 == "type" }) else { return all }
    all[i].1 = [all[i].1, "null"]
    if let j = all.firstIndex(where: { $0.0 == "enum" }), case .array(let words) = all[j].1 {
      all[j].1 = .array(words + [.null])
    }
    return all
  }
}

extension Schema.Field {
  /// An optional member may be `null`.
  var json: JSON {
    guard case .object(var all) = schema.json else { return schema.json }
    if !isRequired { all = schema.nullable }
    if !meaning.isEmpty { all.append(("description", .string(meaning))) }
    return .object(all)
  }
}
