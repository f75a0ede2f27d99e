import Kit

/// A clerk with simple manners: reads the draft's step, does the next thing, and asks for what is missing.
/// Enough for a demo; no language model is needed.
struct ModelClerk: Sendable {
  private let talk: ModelTalk

  init(_ talk: ModelTalk) { self.talk = talk }

  private static let listMark = "Is that all?"

  private static let numbers: [String: Int64] = [
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10,
  ]

  var reply: ModelLine {
    if let order = talk.order?["order_id"]?.string {
      return ModelLine("Thank you! Your order \(order) is on its way to the kitchen.")
    }
    if let refusal = talk.refusal { return answer(to: refusal) }
    guard let draft = talk.draft, let id = talk.draftID else {
      return ModelLine(call: "open_draft", [:])
    }
    guard !talk.items.isEmpty else {
      return ModelLine(call: "offer_items", ["draft_id": .string(id)])
    }
    let wanted = lines
    if !wanted.isEmpty, wanted != listed(draft) {
      let items = wanted.map { line in
        JSON.object([("id", .string(line.id)), ("quantity", .int(line.quantity))])
      }
      return ModelLine(call: "set_items", ["draft_id": .string(id), "items": .array(items)])
    }
    return next(draft, id)
  }

  private func next(_ draft: JSONValue, _ id: String) -> ModelLine {
    switch draft["step"]?.string {
    case "collect_items":
      let menu = talk.items.map(\.name).joined(separator: ", ")
      return ModelLine("What would you like? We have: \(menu).")
    case "confirm_items":
      guard talk.isAnswered, talk.lastWords?.contains(Self.listMark) == true, agrees else {
        return ModelLine("I have \(list(draft)). \(Self.listMark) And your name and phone number?")
      }
      return ModelLine(
        call: "confirm_items",
        [
          "draft_id": .string(id),
          "items_sha256": .string(draft["items_sha256"]?.string ?? ""),
        ])
    case "collect_details":
      guard let name, let phone else {
        return ModelLine("What is your name, and your phone number with all its digits?")
      }
      return ModelLine(
        call: "set_details",
        [
          "draft_id": .string(id), "customer_name": .string(name),
          "customer_phone": .string(phone),
        ])
    case "summary": return ModelLine(call: "show_summary", ["draft_id": .string(id)])
    case "final_confirmation", "create_order":
      return ModelLine(call: "book_draft", ["draft_id": .string(id)])
    default: return ModelLine("This order is closed. Tell me if you would like another one.")
    }
  }

  private func answer(to refusal: JSONValue) -> ModelLine {
    switch refusal["code"]?.string {
    case "CONFIRMATION_DECLINED":
      ModelLine("Alright, nothing is booked. Tell me if you would like anything else.")
    case "CONFIRMATION_REQUIRED":
      ModelLine("Nothing is booked yet. What would you like to change?")
    default:
      ModelLine("Sorry, that did not work: \(refusal["message"]?.string ?? "I do not know why").")
    }
  }

  // MARK: What the customer said

  private struct Line: Equatable {
    var id: String
    var quantity: Int64
  }

  /// Items of the catalogue that are named, with the number before them; of several times the last.
  private var lines: [Line] {
    var found: [Line] = []
    for words in talk.said.map(Self.words) {
      for item in talk.items {
        let name = Self.words(item.name)
        guard let at = Self.place(of: name, in: words) else { continue }
        let before = at > 0 ? words[at - 1] : ""
        let quantity = Int64(before) ?? Self.numbers[before] ?? 1
        found.removeAll { $0.id == item.id }
        found.append(Line(id: item.id, quantity: quantity))
      }
    }
    return found
  }

  private func listed(_ draft: JSONValue) -> [Line] {
    (draft["items"]?.elements ?? []).map {
      Line(id: $0["id"]?.string ?? "", quantity: $0["quantity"]?.int ?? 0)
    }
  }

  private func list(_ draft: JSONValue) -> String {
    (draft["items"]?.elements ?? []).map {
      "\($0["quantity"]?.int ?? 0) x \($0["name"]?.string ?? "")"
    }.joined(separator: ", ")
  }

  private var agrees: Bool {
    let words = Set(Self.words(talk.said.last ?? ""))
    return !words.isDisjoint(with: ["yes", "right", "correct", "all", "fine", "ok", "okay"])
  }

  /// Ten digits or more, with what people write between them.
  private var phone: String? {
    for text in talk.said.reversed() {
      var run = ""
      for letter in text + "\n" {
        if letter.isASCII, letter.isNumber || "+-(). ".contains(letter) {
          run.append(letter)
        } else {
          let digits = run.filter { $0.isASCII && $0.isNumber }
          if (10...15).contains(digits.count) { return digits }
          run = ""
        }
      }
    }
    return nil
  }

  /// Two words that begin with capitals, one after the other.
  private var name: String? {
    let menu = Set(talk.items.flatMap { Self.words($0.name) })
    for text in talk.said.reversed() {
      let words = text.split(whereSeparator: { !$0.isLetter && $0 != "-" && $0 != "'" })
        .filter { word in
          !Self.words(String(word)).contains { menu.contains($0) || Self.numbers[$0] != nil }
        }
      for (a, b) in zip(words, words.dropFirst())
      where a.count > 1 && b.count > 1 && a.first?.isUppercase == true
        && b.first?.isUppercase == true
      {
        return "\(a) \(b)"
      }
    }
    return nil
  }

  private static func words(_ text: String) -> [String] {
    text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map { word in
      // "teas" is as good as "tea".
      word.count > 3 && word.last == "s" ? String(word.dropLast()) : String(word)
    }
  }

  private static func place(of name: [String], in words: [String]) -> Int? {
    guard !name.isEmpty, name.count <= words.count else { return nil }
    return (0...(words.count - name.count)).last { Array(words[$0..<($0 + name.count)]) == name }
  }
}
