import HTTP
import Kit

/// What a form sent: fields and files, each as it came.
struct Form: Sendable {
  static let fieldsMax = 2_000

  private let fields: [(String, String)]
  let files: [Multipart.Part]

  static let empty = Form(fields: [], files: [])

  private init(fields: [(String, String)], files: [Multipart.Part]) {
    self.fields = fields
    self.files = files
  }

  /// - Throws: `PageProblem` for a body that is no form, or holds too many fields.
  init(_ request: HTTPRequest) throws(PageProblem) {
    let type = request.headers["Content-Type"]?.lowercased() ?? ""
    if type.hasPrefix("multipart/form-data") {
      let parts: [Multipart.Part]
      do {
        parts = try Multipart.parse(
          request.body, contentType: request.headers["Content-Type"] ?? "")
      } catch {
        throw .unclear("That form is \(error.description).")
      }
      fields = parts.filter { $0.filename == nil }.map {
        ($0.name, String(decoding: $0.body, as: UTF8.self))
      }
      files = parts.filter { $0.filename != nil }
    } else if type.hasPrefix("application/x-www-form-urlencoded") {
      let text = String(decoding: request.body, as: UTF8.self)
      fields = PercentEncoding.query(text[...])
      files = []
    } else {
      fields = []
      files = []
    }
    guard fields.count <= Self.fieldsMax else { throw .unclear("That form has too many fields.") }
  }

  /// The first field of that name, without blanks around it; `nil` when it is missing or empty.
  subscript(_ name: String) -> String? {
    fields.first { $0.0 == name }.flatMap { Text.trimmed($0.1) }
  }

  /// As it came: a password's blanks are part of it.
  func raw(_ name: String) -> String? { fields.first { $0.0 == name }?.1 }

  /// All fields of that name, in their order.
  func all(_ name: String) -> [String] { fields.filter { $0.0 == name }.map(\.1) }

  func isChecked(_ name: String) -> Bool { raw(name) != nil }

  /// A text that has to be there.
  func text(_ name: String, _ label: String, max: Int) throws(PageProblem) -> String {
    guard let text = self[name] else { throw .unclear("\(label) is missing.") }
    guard text.count <= max else {
      throw .unclear("\(label) is longer than \(Words.count(max)) characters.")
    }
    return text
  }

  /// A whole number that has to be there.
  func int(
    _ name: String, _ label: String, in range: ClosedRange<Int>
  ) throws(PageProblem) -> Int {
    guard let number = self[name].flatMap({ Int($0) }), range.contains(number) else {
      throw .unclear(
        "\(label) has to be a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }
}

/// Texts as people type them.
enum Text {
  static func trimmed(_ text: String) -> String? {
    let blanks: Set<Character> = [" ", "\t", "\n", "\r", "\r\n"]
    var text = text[...]
    while let first = text.first, blanks.contains(first) { text.removeFirst() }
    while let last = text.last, blanks.contains(last) { text.removeLast() }
    return text.isEmpty ? nil : String(text)
  }
}
