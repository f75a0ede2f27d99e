package import Kit

/// A dial that cannot be set, in words for the person who wrote it.
struct DialProblem: Error {
  let text: String
}

extension FaultRule {
  private static let members: Set<String> = [
    "call", "fault", "probability", "orders", "times", "times_each", "after", "after_each", "every",
    "when", "ms", "status", "retry_after", "code", "message", "state", "variant", "bytes",
  ]

  /// Reads one rule of `PUT /control/dials`; a name that does not exist is refused, so that a
  /// typing slip does not become a test that tests nothing.
  init(json: JSONValue) throws(DialProblem) {
    guard let call = json["call"]?.string, CallKind.isKnown(call) else {
      let services = CallKind.services.joined(separator: ", ")
      let known = CallKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw DialProblem(text: "call must be one of \(services), \(known)")
    }
    guard let name = json["fault"]?.string, let fault = Fault(rawValue: name) else {
      let known = Fault.allCases.map(\.rawValue).joined(separator: ", ")
      throw DialProblem(text: "fault must be one of \(known)")
    }
    for member in json.members where !Self.members.contains(member.key) {
      throw DialProblem(text: "a rule has no member \"\(member.key)\"")
    }
    var when: Moment?
    if let text = json["when"]?.string {
      when = Moment(rawValue: text)
      if when == nil { throw DialProblem(text: "when must be before or after") }
    }
    var probability = 1.0
    if let value = json["probability"] {
      guard let text = value.text, let number = Double(text), (0...1).contains(number) else {
        throw DialProblem(text: "probability must be a number from 0 to 1")
      }
      probability = number
    }
    self.init(
      call: call, fault: fault, probability: probability,
      orders: Set(json["orders"]?.elements.compactMap(\.string) ?? []),
      times: Self.count(json, "times"), timesEach: Self.count(json, "times_each"),
      after: Self.count(json, "after") ?? 0, afterEach: Self.count(json, "after_each") ?? 0,
      every: Self.count(json, "every"), when: when, ms: Self.count(json, "ms") ?? 1000,
      status: Self.count(json, "status"), retryAfter: Self.count(json, "retry_after"),
      code: json["code"]?.string, message: json["message"]?.string,
      state: json["state"]?.string, variant: json["variant"]?.string,
      bytes: Self.count(json, "bytes"))
  }

  private static func count(_ json: JSONValue, _ name: String) -> Int? {
    json[name]?.int.map { Int(clamping: max(0, $0)) }
  }

  /// The rule as `GET /control/dials` shows it; only what was set.
  package var json: JSON {
    var members: [(String, JSON)] = [
      ("call", .string(call)), ("fault", .string(fault.rawValue)),
      ("probability", .decimal("\(probability)")),
    ]
    func add(_ name: String, _ value: Int?) {
      if let value { members.append((name, .int(Int64(value)))) }
    }
    func add(_ name: String, _ value: String?) {
      if let value { members.append((name, .string(value))) }
    }
    if !orders.isEmpty { members.append(("orders", .array(orders.sorted().map(JSON.string)))) }
    add("times", times)
    add("times_each", timesEach)
    if after > 0 { add("after", after) }
    if afterEach > 0 { add("after_each", afterEach) }
    add("every", every)
    add("when", when?.rawValue)
    add("ms", ms)
    add("status", status)
    add("retry_after", retryAfter)
    add("code", code)
    add("message", message)
    add("state", state)
    add("variant", variant)
    add("bytes", bytes)
    return .object(members)
  }
}
