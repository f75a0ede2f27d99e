/// What a JSON value has to look like. One definition checks requests, is printed as JSON Schema into
/// the OpenAPI document, and serves as the schema of a tool.
///
/// Objects take no member that is not listed, and none twice. An optional member may be `null`, which
/// is the same as leaving it out: tools with strict schemas have no other way to leave something out.
public indirect enum Schema: Sendable {
  case text(TextRule)
  case integer(ClosedRange<Int64>)
  case boolean
  case choice([String])
  case object([Field])
  case array(of: Schema, count: ClosedRange<Int>)
  /// Of answers only: whatever is in it is not looked at.
  case any
  /// Of answers only: an object with whatever members.
  case map
  /// Of answers only: this, or `null`.
  case orNull(Schema)

  public struct Field: Sendable {
    public var name: String
    public var schema: Schema
    public var isRequired: Bool
    public var meaning: String

    public init(_ name: String, _ schema: Schema, required: Bool = true, _ meaning: String = "") {
      self.name = name
      self.schema = schema
      self.isRequired = required
      self.meaning = meaning
    }

    /// A member that may be left out.
    public static func optional(
      _ name: String, _ schema: Schema, _ meaning: String = ""
    ) -> Field {
      Field(name, schema, required: false, meaning)
    }
  }
}

/// What a string may be; a `pattern` is the same rule in the words of JSON Schema.
public struct TextRule: Sendable {
  public enum Kind: Sendable {
    /// One line: no control characters, and more than blanks.
    case line
    /// Several lines; other control characters are refused.
    case lines
    /// 10 to 15 digits, with up to two of what people write between two of them.
    case phone
    /// Letters, digits and `. _ : -`.
    case identifier
    case uuid
    /// ISO 8601 with its offset from UTC.
    case moment
    /// An amount of at most two decimals.
    case amount
    /// 64 hexadecimal digits.
    case digest
    /// 1 to 255 visible ASCII characters.
    case key
    /// Six digits.
    case code
  }

  public var kind: Kind
  /// In characters as JSON Schema counts them: Unicode scalars.
  public var length: ClosedRange<Int>
  public var example: String?

  public init(_ kind: Kind, _ length: ClosedRange<Int>, example: String? = nil) {
    self.kind = kind
    self.length = length
    self.example = example
  }

  public static let uuid = TextRule(
    .uuid, 36...36, example: "018f9d2e-7c51-7a43-9a57-2b6d0b6f5c11")
  public static let moment = TextRule(.moment, 20...40, example: "2026-11-21T15:00:00Z")
  public static let amount = TextRule(.amount, 1...16, example: "12.50")
  public static let digest = TextRule(.digest, 64...64)
  public static let key = TextRule(.key, 1...255, example: "order_abc123")
  public static func line(_ max: Int, example: String? = nil) -> TextRule {
    TextRule(.line, 1...max, example: example)
  }
  public static func identifier(_ max: Int, example: String? = nil) -> TextRule {
    TextRule(.identifier, 1...max, example: example)
  }

  /// In ECMA-262's grammar; `nil` where there is nothing to say beyond the length.
  public var pattern: String? {
    switch kind {
    case .line:
      #"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"#
    case .lines: #"^[^\u0000-\u0008\u000b-\u001f\u007f]*$"#
    case .phone: #"^[+]?[(]?[0-9]([ ().-]{0,2}[0-9]){9,14}$"#
    case .identifier: #"^[A-Za-z0-9._:-]+$"#
    case .uuid: #"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"#
    case .moment: nil
    case .amount: #"^(0|[1-9][0-9]{0,9})([.][0-9]{1,2})?$"#
    case .digest: #"^[0-9a-f]{64}$"#
    case .key: #"^[\x21-\x7e]+$"#
    case .code: #"^[0-9]{6}$"#
    }
  }
}
