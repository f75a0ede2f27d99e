public import Kit
public import People

/// An account to be made.
public struct NewPerson: Sendable {
  public var name: String
  public var fullName: String
  public var role: Role
  /// As `Scrypt.hash` makes it; the password itself is never stored.
  public var passwordHash: String

  public init(name: String, fullName: String, role: Role, passwordHash: String) {
    self.name = name
    self.fullName = fullName
    self.role = role
    self.passwordHash = passwordHash
  }
}

/// What changes of an account; `nil` keeps what is there.
public struct PersonChange: Sendable {
  public var name: String
  public var fullName: String?
  public var role: Role?
  public var passwordHash: String?
  public var isDisabled: Bool?
  /// The digest of the session that may go on after a new password: the one that it was set in.
  public var sparedSession: [UInt8]?

  public init(
    name: String, fullName: String? = nil, role: Role? = nil, passwordHash: String? = nil,
    isDisabled: Bool? = nil, sparedSession: [UInt8]? = nil
  ) {
    self.name = name
    self.fullName = fullName
    self.role = role
    self.passwordHash = passwordHash
    self.isDisabled = isDisabled
    self.sparedSession = sparedSession
  }
}

/// An account as a list shows it.
public struct PersonSummary: Sendable {
  public var personID: Int64
  public var name: String
  public var fullName: String
  public var role: Role
  public var createdAt: Timestamp
  public var disabledAt: Timestamp?
  /// When one of their sessions last asked for a page.
  public var seenAt: Timestamp?
}
