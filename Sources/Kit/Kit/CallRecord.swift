/// One outside call as `api_calls` keeps it; secrets are already removed. It goes through many hands: one
/// object, not twenty fields to be copied in each.
public final class CallRecord: Sendable {
  public let id: UUIDv7
  /// `BestBuy`, `CanadaPost`.
  public let service: String
  /// `OR21`, `CreateShipment`.
  public let endpoint: String
  public let method: String
  public let url: String
  public let requestHeaders: [(String, String)]
  public let requestBody: [UInt8]
  public let requestContentType: String
  /// `nil` when no answer came.
  public let statusCode: Int?
  public let responseHeaders: [(String, String)]
  public let responseBody: [UInt8]
  public let startedAt: Timestamp
  public let duration: Duration
  public let isSuccess: Bool
  public let problem: String?
  public let correlationID: String
  /// The order that it is about.
  public let relatedID: String?
  /// The orders that it is about, where one call covers several.
  public let subjects: [String]

  /// It served several: each of them brings it.
  public var isShared: Bool { !subjects.isEmpty }

  public init(
    id: UUIDv7, service: String, endpoint: String, method: String, url: String,
    requestHeaders: [(String, String)] = [], requestBody: [UInt8] = [],
    requestContentType: String = "", statusCode: Int? = nil,
    responseHeaders: [(String, String)] = [], responseBody: [UInt8] = [], startedAt: Timestamp,
    duration: Duration = .zero, isSuccess: Bool, problem: String? = nil, correlationID: String,
    relatedID: String? = nil, subjects: [String] = []
  ) {
    self.id = id
    self.service = service
    self.endpoint = endpoint
    self.method = method
    self.url = url
    self.requestHeaders = requestHeaders
    self.requestBody = requestBody
    self.requestContentType = requestContentType
    self.statusCode = statusCode
    self.responseHeaders = responseHeaders
    self.responseBody = responseBody
    self.startedAt = startedAt
    self.duration = duration
    self.isSuccess = isSuccess
    self.problem = problem
    self.correlationID = correlationID
    self.relatedID = relatedID
    self.subjects = subjects
  }

  /// The same call told otherwise: about several orders, without what must not be kept, with another end.
  public func with(
    subjects: [String]? = nil, url: String? = nil, requestBody: [UInt8]? = nil,
    requestContentType: String? = nil, responseBody: [UInt8]? = nil, isSuccess: Bool? = nil,
    problem: String? = nil
  ) -> CallRecord {
    CallRecord(
      id: id, service: service, endpoint: endpoint, method: method, url: url ?? self.url,
      requestHeaders: requestHeaders, requestBody: requestBody ?? self.requestBody,
      requestContentType: requestContentType ?? self.requestContentType, statusCode: statusCode,
      responseHeaders: responseHeaders, responseBody: responseBody ?? self.responseBody,
      startedAt: startedAt, duration: duration, isSuccess: isSuccess ?? self.isSuccess,
      problem: problem ?? self.problem, correlationID: correlationID, relatedID: relatedID,
      subjects: subjects ?? self.subjects)
  }

  /// The same call as one that failed; the first problem that was noted stays.
  public func failed(_ problem: String) -> CallRecord {
    with(isSuccess: false, problem: self.problem ?? problem)
  }
}

/// What an outside call came to: its record always, its value or its error.
public struct Answer<Value: Sendable>: Sendable {
  public var call: CallRecord
  public var result: Result<Value, OutsideError>

  public init(call: CallRecord, result: Result<Value, OutsideError>) {
    self.call = call
    self.result = result
  }
}
