/// What comes back for what a customer said.
public struct ChatTurn: Sendable {
  /// Who says it decides how it is shown: what a model says is never dressed as the server's word.
  public enum Line: Sendable, Equatable {
    case assistant(String)
    /// The server's question, with the order as the server has it.
    case question(String)
    /// A fact.
    case server(String)
  }

  /// Where the conversation stands, by the server's rows.
  public enum Standing: Sendable, Equatable {
    case nothingBooked
    /// The customer's YES or NO is waited for.
    case asking
    /// The orders that this conversation booked.
    case booked([String])
  }

  public var lines: [Line]
  public var standing: Standing

  public init(lines: [Line], standing: Standing) {
    self.lines = lines
    self.standing = standing
  }
}
