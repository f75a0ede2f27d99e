/// One thing that a person did: a row of the audit trail.
public struct Act: Sendable, Equatable {
  static let detailMax = 2_000

  public var actor: Actor
  /// A noun and a verb: `order.hold`, `person.add`, `sign_in.refused`.
  public var action: String
  /// What it was done to: `order:W123-A`.
  public var subject: String
  public var detail: String

  /// - Parameter detail: what an auditor would ask for; cut after 2,000 characters, never a secret.
  public init(_ actor: Actor, _ action: String, on subject: String, _ detail: String = "") {
    self.actor = actor
    self.action = action
    self.subject = subject
    self.detail = String(detail.prefix(Self.detailMax))
  }
}
