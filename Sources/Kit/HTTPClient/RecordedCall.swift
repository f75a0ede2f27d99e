import HTTP
public import Kit

extension HTTPClient {
  /// Sends once and keeps what happened as `api_calls` will show it: secrets are gone before the
  /// record exists.
  public func recorded(
    _ request: HTTPClientRequest, service: String, endpoint: String, relatedID: String?
  ) async -> (record: CallRecord, result: Result<HTTPClientResponse, HTTPClientError>) {
    let started = Timestamp.now()
    let clock = ContinuousClock.now
    let result: Result<HTTPClientResponse, HTTPClientError>
    do { result = .success(try await send(request)) } catch { result = .failure(error) }
    let response = try? result.get()
    var problem: String?
    if case .failure(let error) = result { problem = error.message }
    let record = CallRecord(
      id: UUIDv7.make(at: started), service: service, endpoint: endpoint, method: request.method,
      url: Redaction.url(request.url), requestHeaders: Redaction.headers(request.headers.fields),
      requestBody: request.body ?? [], requestContentType: request.headers["Content-Type"] ?? "",
      statusCode: response?.status,
      responseHeaders: response.map {
        Redaction.headers($0.headers.fields.filter { Self.matters($0.0) })
      } ?? [], responseBody: response.map { Redaction.bytes($0.body) } ?? [], startedAt: started,
      duration: ContinuousClock.now - clock,
      isSuccess: response.map { (200..<300).contains($0.status) } ?? false, problem: problem,
      correlationID: Log.correlationID ?? endpoint, relatedID: relatedID)
    return (record, result)
  }

  /// Headers that say something about the answer, not about the servers on the way.
  private static func matters(_ name: String) -> Bool {
    telling.contains { HTTPHeaders.areSame($0, name) }
  }

  private static let telling = [
    "content-type", "content-length", "retry-after", "link", "location", "etag", "date",
    "content-disposition", "x-request-id", "server",
  ]
}
