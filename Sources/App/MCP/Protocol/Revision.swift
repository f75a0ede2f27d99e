/// The revisions of the Model Context Protocol that are spoken here. The modern one has no handshake and
/// no session: each request says what its client can do. The legacy ones begin with `initialize`.
enum Revision: String, Sendable, CaseIterable {
  case july2026 = "2026-07-28"
  case november2025 = "2025-11-25"
  case june2025 = "2025-06-18"
  case march2025 = "2025-03-26"

  var isModern: Bool { self == .july2026 }

  /// What an unknown legacy client is offered.
  static let legacyDefault = Revision.november2025

  /// A request within a session that names none.
  static let legacyUnnamed = Revision.march2025

  static let names = allCases.map(\.rawValue)

  /// Results have a structured part, and tools say what it looks like.
  var hasStructure: Bool { self != .march2025 }

  /// The server can ask the client's user.
  var hasElicitation: Bool { self != .march2025 }

  /// A URL can be opened instead of a form.
  var hasURLElicitation: Bool { self == .july2026 || self == .november2025 }

  /// Several messages in one array.
  var hasBatches: Bool { self == .march2025 }
}
