import XML

/// Checks a request against a `SchemaRule`; answers in the words of the validator that the real
/// gateway runs (`cvc-...`), or nil when the request is valid.
enum SchemaCheck {
  static func problem(
    _ root: XMLElement, name: String, namespace: String, rule: SchemaRule
  ) -> String? {
    if root.localName != name || root.namespace != namespace {
      return "cvc-elt.1: Cannot find the declaration of element '\(root.localName)'."
    }
    return check(root, rule, namespace)
  }

  private static func check(
    _ element: XMLElement, _ rule: SchemaRule, _ namespace: String
  ) -> String? {
    switch rule {
    case .all(let children): checkAll(element, children, namespace)
    case .list(let child, let range): checkList(element, child, range, namespace)
    default: checkText(element, rule)
    }
  }

  private static func checkAll(
    _ element: XMLElement, _ children: [SchemaChild], _ namespace: String
  ) -> String? {
    var seen: [String] = []
    seen.reserveCapacity(element.children.count)
    for child in element.children {
      let declared = children.first { $0.name == child.localName }
      guard let declared, child.namespace == namespace else {
        let open = children.lazy.map(\.name).filter { !seen.contains($0) }
        return unexpected(child, Array(open), namespace)
      }
      let key = declared.group ?? declared.name
      if seen.contains(key) { return unexpected(child, [], namespace) }
      seen.append(key)
      if let problem = check(child, declared.rule, namespace) { return problem }
    }
    for child in children where child.isMandatory {
      if !seen.contains(child.group ?? child.name) {
        return """
          cvc-complex-type.2.4.b: The content of element '\(element.localName)' is not complete. \
          One of '{"\(namespace)":\(child.group ?? child.name)}' is expected.
          """
      }
    }
    return nil
  }

  private static func checkList(
    _ element: XMLElement, _ child: SchemaChild, _ range: ClosedRange<Int>, _ namespace: String
  ) -> String? {
    for (index, item) in element.children.enumerated() {
      if item.localName != child.name || item.namespace != namespace || index >= range.upperBound {
        return unexpected(item, [child.name], namespace)
      }
      if let problem = check(item, child.rule, namespace) { return problem }
    }
    if element.children.count < range.lowerBound {
      return """
        cvc-complex-type.2.4.b: The content of element '\(element.localName)' is not complete. \
        One of '{"\(namespace)":\(child.name)}' is expected.
        """
    }
    return nil
  }

  private static func checkText(_ element: XMLElement, _ rule: SchemaRule) -> String? {
    let name = element.localName
    if let child = element.children.first {
      return """
        cvc-type.3.1.2: Element '\(name)' is a simple type, so it must have no element \
        information item [children], but '\(child.localName)' was found.
        """
    }
    guard let facet = TextRule.problem(element.text, rule) else { return nil }
    return "\(facet) cvc-type.3.1.3: The value '\(element.text)' of element '\(name)' is not valid."
  }

  private static func unexpected(
    _ element: XMLElement, _ expected: [String], _ namespace: String
  ) -> String {
    let start = """
      cvc-complex-type.2.4.a: Invalid content was found starting with element \
      '\(element.localName)'.
      """
    if expected.isEmpty { return start + " No child element is expected at this point." }
    let names = expected.map { "\"\(namespace)\":\($0)" }.joined(separator: ", ")
    return start + " One of '{\(names)}' is expected."
  }
}
