public import Kit

/// Why a text was not read as XML.
public struct XMLError: ClassifiedError, Equatable {
  public enum Code: Sendable, Equatable {
    case tooLong
    case tooDeep
    case tooManyElements
    /// A document type declaration, which could define or fetch entities. None is ever read.
    case doctype
    /// Neither UTF-8 nor ISO-8859-1.
    case encoding
    /// Not well formed.
    case malformed
  }

  public var code: Code
  /// What libxml2 says about it, on one line.
  public var detail: String
  /// 1 for the first; 0 when the text was refused before it was read.
  public var line: Int

  public init(code: Code, detail: String, line: Int = 0) {
    self.code = code
    self.detail = detail
    self.line = line
  }

  public var description: String {
    let problem =
      switch code {
      case .tooLong: "too long"
      case .tooDeep: "nested too deeply"
      case .tooManyElements: "too many elements"
      case .doctype: "a document type is not accepted"
      case .encoding: "only UTF-8 and ISO-8859-1 are accepted"
      case .malformed: "not well formed"
      }
    return "not readable as XML: \(problem)" + (line > 0 ? " at line \(line)" : "")
  }

  public var debugDescription: String { "\(description): \(detail)" }

  public var classification: Classification {
    .invalid([FieldProblem(field: "body", problem: description)])
  }
}
