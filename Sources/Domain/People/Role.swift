/// What an account is for. The one table of what each may do is `allows`.
public enum Role: String, Sendable, Hashable, CaseIterable {
  case owner, agent, packer, viewer

  public func allows(_ capability: Capability) -> Bool { capabilities.contains(capability) }

  public var capabilities: Set<Capability> {
    switch self {
    case .owner: Set(Capability.allCases)
    case .agent:
      [
        .readOrders, .readPersonalData, .actOnOrders, .readLabels, .readInbox, .answerCustomers,
        .readStock,
      ]
    case .packer: [.readOrders, .readLabels, .readBench, .pack, .readStock]
    case .viewer: [.readOrders, .readBench, .readInbox, .readStock]
    }
  }

  public var words: String {
    switch self {
    case .owner: "Owner"
    case .agent: "Agent"
    case .packer: "Packer"
    case .viewer: "Viewer"
    }
  }

  public var explanation: String {
    switch self {
    case .owner: "everything, and who else may come in"
    case .agent: "orders and customers: hold, release, retry, void, answer"
    case .packer: "the bench: scan, pack, print labels"
    case .viewer: "looks, changes nothing, sees no customer's data"
    }
  }
}
