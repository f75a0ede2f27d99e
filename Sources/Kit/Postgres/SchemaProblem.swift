public import Kit

/// Why a schema cannot be worked with; says what to do.
public enum SchemaProblem: ClassifiedError, Equatable {
  /// Nothing has been applied yet.
  case missing
  case older(pending: [String])
  /// Made by a newer version, or changed by somebody else.
  case unknown(String)

  public var description: String {
    switch self {
    case .missing: "the database has no Quayside schema yet; run `quayside migrate`"
    case .older(let pending):
      "the database is older than this program (not applied: \(pending.joined(separator: ", "))); "
        + "run `quayside migrate`"
    case .unknown(let what):
      "the database is not one that this version knows (\(what)); "
        + "install the version that made it, or restore a backup"
    }
  }
  public var debugDescription: String { description }
  public var classification: Classification { .needsPerson(question: description) }
}
