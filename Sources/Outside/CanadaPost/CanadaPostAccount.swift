/// How to speak for one carrier account.
public struct CanadaPostAccount: Sendable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// Parcel agreement: shipments can be voided until they are transmitted.
    case contract(contractID: String, methodOfPayment: String)
    /// Paid by the default card of the online profile; bought for good at once.
    case nonContract
  }

  /// `https://soa-gw.canadapost.ca`, without a slash at its end. Credentials go nowhere else.
  public var baseURL: String
  /// The two halves of the API key; never printed.
  public var user: String
  public var password: String
  /// Mailed-by customer number; also mailed-on-behalf-of.
  public var customerNumber: String
  public var kind: Kind

  public init(
    baseURL: String, user: String, password: String, customerNumber: String, kind: Kind
  ) {
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    self.user = user
    self.password = password
    self.customerNumber = customerNumber
    self.kind = kind
  }

  public var canVoid: Bool { isContract }
  public var isContract: Bool { kind != .nonContract }

  public var description: String { "\(customerNumber) at \(baseURL)" }
}

extension CanadaPostAccount: CustomDebugStringConvertible, CustomReflectable {
  public var debugDescription: String { description }
  /// Keeps the key out of dumps.
  public var customMirror: Mirror {
    Mirror(self, children: ["customerNumber": customerNumber, "baseURL": baseURL])
  }
}
