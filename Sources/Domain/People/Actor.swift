/// Who does something, for the audit trail and the history.
public struct Actor: Sendable, Equatable {
  /// `nil` for whoever acts on the command line.
  public var personID: Int64?
  /// `kim`; of who is on the command line `person:` and the system's name for them.
  public var name: String
  /// Where from: an address, or `command line`.
  public var address: String

  public init(personID: Int64?, name: String, address: String) {
    self.personID = personID
    self.name = name
    self.address = address
  }

  public static func commandLine(_ name: String) -> Actor {
    Actor(personID: nil, name: name, address: "command line")
  }

  /// As histories write it: `person:kim`.
  public var signature: String { personID == nil ? name : "person:" + name }
}

extension Actor: ExpressibleByStringLiteral {
  /// Somebody on the command line.
  public init(stringLiteral name: String) { self = .commandLine(name) }
}
