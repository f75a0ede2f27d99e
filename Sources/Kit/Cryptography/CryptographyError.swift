public import Kit

/// What libcrypto or zlib could not do. Never holds a key, a password or a plain text.
public struct CryptographyError: ClassifiedError, Equatable {
  public enum Code: Sendable, Equatable {
    /// A key, a nonce or a salt of the wrong kind or length.
    case badKey
    /// The bytes are not what they should be: cut off, changed, or sealed with another key.
    case notAuthentic
    case malformed
    /// The result would be longer than the caller allows.
    case tooLong
    /// The library refused; `detail` has its words.
    case library
  }

  public var code: Code
  public var detail: String

  public init(code: Code, detail: String) {
    self.code = code
    self.detail = detail
  }

  public var description: String {
    switch code {
    case .badKey: "the key cannot be used"
    case .notAuthentic: "the sealed bytes were changed or belong to another key"
    case .malformed: "the bytes cannot be read"
    case .tooLong: "the content is longer than allowed"
    case .library: "the cryptographic library refused"
    }
  }

  public var debugDescription: String { "\(description): \(detail)" }

  public var classification: Classification {
    switch code {
    case .badKey: .denied(description)
    case .notAuthentic, .malformed, .tooLong:
      .invalid([FieldProblem(field: "body", problem: description)])
    case .library: .bug(debugDescription)
    }
  }
}
