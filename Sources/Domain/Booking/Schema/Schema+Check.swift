public import Kit

extension Schema {
  /// More problems than this are not listed.
  public static let problemsMax = 100

  /// Everything that is wrong with the value, in the order of the definition.
  public func problems(in value: JSONValue, at path: String = "$") -> [InputProblem] {
    var found: [InputProblem] = []
    check(value, path, &found)
    return found
  }

  private func check(_ value: JSONValue, _ path: String, _ found: inout [InputProblem]) {
    guard found.count < Self.problemsMax else { return }
    switch self {
    case .text(let rule):
      guard value.kind == .string, let text = value.string else {
        return found.append(.init(path, .type, "must be a string"))
      }
      if let fault = rule.problem(with: text) {
        found.append(.init(path, fault.code, fault.message))
      }
    case .integer(let range):
      guard value.kind == .number, let number = value.int else {
        return found.append(.init(path, .type, "must be a whole number"))
      }
      if !range.contains(number) {
        found.append(
          .init(path, .range, "must be from \(range.lowerBound) to \(range.upperBound)"))
      }
    case .boolean:
      if value.kind != .bool { found.append(.init(path, .type, "must be true or false")) }
    case .choice(let words):
      guard value.kind == .string, let text = value.string else {
        return found.append(.init(path, .type, "must be a string"))
      }
      if !words.contains(text) {
        found.append(
          .init(path, .notAllowed, "must be one of " + words.joined(separator: ", ")))
      }
    case .array(let element, let count):
      guard value.kind == .array else {
        return found.append(.init(path, .type, "must be a list"))
      }
      let elements = value.elements
      if elements.count < count.lowerBound {
        found.append(.init(path, .tooShort, "must have at least \(count.lowerBound)"))
      }
      if elements.count > count.upperBound {
        return found.append(.init(path, .tooLong, "must have at most \(count.upperBound)"))
      }
      for (i, one) in elements.enumerated() { element.check(one, "\(path)[\(i)]", &found) }
    case .object(let fields): check(fields, value, path, &found)
    case .orNull(let schema): if !value.isNull { schema.check(value, path, &found) }
    case .any, .map: break
    }
  }

  private func check(
    _ fields: [Field], _ value: JSONValue, _ path: String, _ found: inout [InputProblem]
  ) {
    guard value.kind == .object else {
      return found.append(.init(path, .type, "must be an object"))
    }
    let members = value.members
    var seen: [Bool] = Array(repeating: false, count: fields.count)
    for (key, member) in members {
      guard found.count < Self.problemsMax else { return }
      guard let i = fields.firstIndex(where: { $0.name == key }) else {
        found.append(.init(Self.path(path, key), .unknown, "is not known here"))
        continue
      }
      if seen[i] {
        found.append(.init(Self.path(path, key), .repeated, "is given twice"))
        continue
      }
      seen[i] = true
      if member.isNull, !fields[i].isRequired { continue }
      fields[i].schema.check(member, Self.path(path, key), &found)
    }
    for (i, field) in fields.enumerated() where field.isRequired && !seen[i] {
      found.append(.init(Self.path(path, field.name), .missing, "is required"))
    }
  }

  /// RFC 9535: names that are no words stand in brackets.
  static func path(_ parent: String, _ key: String) -> String {
    let isPlain =
      !key.isEmpty && key.utf8.count <= 64
      && key.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
      }
    guard !isPlain else { return parent + "." + key }
    let short = String(String.UnicodeScalarView(key.unicodeScalars.prefix(64)))
    return parent + "[" + JSON.string(short).text + "]"
  }
}
