import HTTP
import HTTPClient
import Kit

/// One call of a service of Google's.
struct GoogleCall {
  var endpoint: String
  var method: String
  var url: String
  var body: [UInt8]?
  /// Repeating it cannot cause anything.
  var isRead: Bool
  /// The orders that it is about.
  var subjects: [String] = []
  /// Large answers are recorded as a note.
  var keepsAnswer = true
}

/// The error table of one service.
struct GoogleErrorTable: Sendable {
  var service: String
  var answer: @Sendable (HTTPClientResponse, _ isRead: Bool) -> OutsideError
  var noAnswer: @Sendable (HTTPClientError, _ isRead: Bool) -> OutsideError
}

/// Sends for one account with its token; a 401 fetches a new token once and tries once more, since
/// a call that was not let in did nothing.
struct GoogleWire: Sendable {
  let tokens: TokenKeeper
  let http: HTTPClient
  let deadline: Duration
  let table: GoogleErrorTable
  let report: @Sendable (CallRecord) async -> Void

  func send<Value: Sendable>(
    _ call: GoogleCall, _ decode: (HTTPClientResponse) throws(OutsideError) -> Value
  ) async -> Answer<Value> {
    var isSecond = false
    while true {
      let token: AccessToken
      do throws(OutsideError) {
        token = try await tokens.token()
      } catch {
        return .unsent(
          error, endpoint: call.endpoint, method: call.method, url: call.url,
          subjects: call.subjects)
      }
      let (record, result) = await once(call, token)
      if !isSecond, case .success(let response) = result, response.status == 401,
        !isRefusedElsewhere(response)
      {
        await report(record.with(problem: "the token was refused"))
        await tokens.forget(token)
        isSecond = true
        continue
      }
      do throws(OutsideError) {
        switch result {
        case .failure(let error): throw table.noAnswer(error, call.isRead)
        case .success(let response):
          guard (200..<300).contains(response.status) else {
            throw table.answer(response, call.isRead)
          }
          let value = try decode(response)
          let note = Array("(not kept: \(response.body.count) bytes)".utf8)
          let kept = call.keepsAnswer ? record : record.with(responseBody: note)
          return Answer(call: kept, result: .success(value))
        }
      } catch {
        return Answer(call: record.failed(error.message), result: .failure(error))
      }
    }
  }

  /// A credential of somebody else (Apple's, a browser's) was refused: ours is fine.
  private func isRefusedElsewhere(_ response: HTTPClientResponse) -> Bool {
    GoogleErrorBody(response.body).detail == "THIRD_PARTY_AUTH_ERROR"
  }

  private func once(
    _ call: GoogleCall, _ token: AccessToken
  ) async -> (CallRecord, Result<HTTPClientResponse, HTTPClientError>) {
    var headers: HTTPHeaders = [
      "Authorization": "Bearer " + token.value, "Accept": "application/json",
    ]
    headers.nameRequest()
    if call.body != nil { headers.append("Content-Type", "application/json; charset=utf-8") }
    let (record, result) = await http.recorded(
      HTTPClientRequest(
        method: call.method, url: call.url, headers: headers, body: call.body, deadline: deadline),
      service: table.service, endpoint: call.endpoint,
      relatedID: call.subjects.count == 1 ? call.subjects.first : nil)
    return (call.subjects.count > 1 ? record.with(subjects: call.subjects) : record, result)
  }
}
