/// One outside call as `api_calls` keeps it; secrets are already removed.
public struct CallRecord: Sendable {
  public var id: UUIDv7
  /// `BestBuy`, `CanadaPost`.
  public var service: String
  /// `OR21`, `CreateShipment`.
  public var endpoint: String
  public var method: String
  public var url: String
  public var requestHeaders: [(String, String)]
  public var requestBody: [UInt8]
  public var requestContentType: String
  /// `nil` when no answer came.
  public var statusCode: Int?
  public var responseHeaders: [(String, String)]
  public var responseBody: [UInt8]
  public var startedAt: Timestamp
  public var duration: Duration
  public var isSuccess: Bool
  public var problem: String?
  public var correlationID: String
  /// The order that it is about.
  public var relatedID: String?
  /// The orders that it is about, where one call covers several.
  public var subjects: [String]

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
