import Kit

extension SandboxTally {
  /// What happened in one thread.
  public struct Thread: Sendable {
    public struct File: Sendable, Equatable {
      public let name: String
      public let bytes: [UInt8]
    }

    public let id: String
    public let order: String?
    /// Of everybody.
    public let messages: Int
    /// Messages of the shop: what the customer got.
    public let fromShop: Int
    /// M12 calls that arrived for it, whatever became of them.
    public let calls: Int
    /// What the shop wrote, as it came.
    public let bodies: [String]
    public let files: [File]
    /// The shop owes nobody an answer.
    public let isAnswered: Bool

    var json: JSON {
      .object([
        ("id", .string(id)), ("order", .optional(order)), ("messages", .count(messages)),
        ("from_shop", .count(fromShop)), ("calls", .count(calls)),
        ("bodies", .array(bodies.map(JSON.string))), ("files", .count(files.count)),
        ("answered", .bool(isAnswered)),
      ])
    }
  }
}
