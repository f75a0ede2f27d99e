public import Booking
import Kit
import Ledger

/// Who asks, about what request.
public struct Caller: Sendable {
  public var principal: Principal
  public var correlationID: String
  /// SHA-256 of the request's body, where it has one.
  public var requestDigest: [UInt8]?

  public init(principal: Principal, correlationID: String, requestDigest: [UInt8]? = nil) {
    self.principal = principal
    self.correlationID = correlationID
    self.requestDigest = requestDigest
  }

  func call(_ operation: String, draft: UUIDv7? = nil, order: String? = nil) -> BookingCall {
    BookingCall(
      businessID: principal.businessID, draftID: draft, orderID: order, operation: operation,
      principal: principal.keyID, outcome: "ok", requestDigest: requestDigest,
      correlationID: correlationID)
  }
}

/// Which version a change expects to find.
public enum Expectation: Sendable, Equatable {
  case any
  /// In the body: a miss is a conflict.
  case version(Int)
  /// In If-Match: a miss is a failed precondition.
  case tag(Int)

  func require(_ current: Int, state: [(String, JSON)]) throws(BookingError) {
    switch self {
    case .any: return
    case .version(let given):
      guard given == current else {
        throw .versionConflict(is: current, given: given, state: state)
      }
    case .tag(let given):
      guard given == current else {
        var error = BookingError.versionConflict(is: current, given: given, state: state)
        error.code = .preconditionFailed
        throw error
      }
    }
  }
}
