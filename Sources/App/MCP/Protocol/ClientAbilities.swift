import Kit

/// What a client says that it can show to its user.
struct ClientAbilities: Sendable, Equatable {
  /// A form that the user fills in.
  var form = false
  /// A link that the user opens.
  var url = false

  static let none = ClientAbilities()

  init(form: Bool = false, url: Bool = false) {
    self.form = form
    self.url = url
  }

  /// - Parameter capabilities: the client's, from `initialize` or a request's `_meta`. An elicitation
  ///   without a mode means forms, as it did before there were two.
  init(_ capabilities: JSONValue?, in revision: Revision) {
    guard revision.hasElicitation, let asks = capabilities?["elicitation"], asks.kind == .object
    else { return }
    url = revision.hasURLElicitation && asks["url"]?.kind == .object
    form = asks["form"]?.kind == .object || !url
  }

  /// For a door that hands a call on to another.
  var json: JSON {
    var modes: [(String, JSON)] = []
    if form { modes.append(("form", .object([]))) }
    if url { modes.append(("url", .object([]))) }
    return modes.isEmpty ? .object([]) : .object([("elicitation", .object(modes))])
  }
}
