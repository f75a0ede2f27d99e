public import Ledger

/// How the service is set up.
public struct BookingSettings: Sendable {
  /// Where customers reach our confirmation page, without a slash at its end.
  public var publicURL: String
  /// Sends links and codes past the agent; `nil` when nobody can.
  public var courier: Courier?
  /// Tells the business's people of a draft that they have to approve; must not wait for anything.
  public var approvalNeeded: (@Sendable (DraftWork) -> Void)?
  /// Requests of one commit.
  public var batchMax = 128
  /// Commits under way at once: one writes while the next is being gathered.
  public var commitsMax = 2
  /// Requests that are worth a commit beside the one under way: fewer wait for it, and all go together,
  /// since each commit costs as much as several bookings.
  public var worthACommit = 16
  /// How long they wait for it before they go alone.
  public var companyPatience = Duration.milliseconds(50)
  /// Requests waiting for a commit; more are told to come back.
  public var waitingMax = 10_000
  /// How long a key is believed without asking the database again, and so how long a revoked one lives.
  public var keyLife = Duration.seconds(5)

  public init(publicURL: String, courier: Courier? = nil) {
    self.publicURL = publicURL
    self.courier = courier
  }
}

/// The way to the customer that no agent holds.
public struct Courier: Sendable {
  public struct Delivery: Sendable {
    public var businessID: String
    public var businessName: String
    public var phone: String
    /// What the customer is to read.
    public var text: String
    public var link: String
    public var code: String

    public init(
      businessID: String, businessName: String, phone: String, text: String, link: String,
      code: String
    ) {
      self.businessID = businessID
      self.businessName = businessName
      self.phone = phone
      self.text = text
      self.link = link
      self.code = code
    }
  }

  /// - Returns: whether it was taken over for delivery.
  public var deliver: @Sendable (Delivery) async -> Bool

  public init(deliver: @escaping @Sendable (Delivery) async -> Bool) { self.deliver = deliver }
}
