import Google
import HTTP
import HTTPClient
import Kit
import Push
import Testing

@Suite("What the outside's errors mean")
struct ErrorTableTests {
  /// The name of a classification's case.
  private func kind(_ error: OutsideError) -> String {
    switch error.classification {
    case .transient: "transient"
    case .throttled: "throttled"
    case .refused: "refused"
    case .conflict: "conflict"
    case .notFound: "notFound"
    case .denied: "denied"
    case .invalid: "invalid"
    case .unknownOutcome: "unknown"
    case .needsPerson: "person"
    case .bug: "bug"
    }
  }

  private func answer(
    _ status: Int, _ body: String = "", _ headers: HTTPHeaders = [:]
  ) -> HTTPClientResponse {
    HTTPClientResponse(status: status, headers: headers, body: Array(body.utf8))
  }

  private func google(_ status: Int, _ name: String, _ words: String = "x") -> HTTPClientResponse {
    answer(
      status,
      #"{"error":{"code":\#(status),"message":"\#(words)","status":"\#(name)"}}"#)
  }

  @Test(
    "Sheets: a read is harmless, a write that may have gone in is unknown",
    arguments: [
      (400, "INVALID_ARGUMENT", "invalid", "invalid"), (401, "UNAUTHENTICATED", "denied", "denied"),
      (403, "PERMISSION_DENIED", "denied", "denied"), (404, "NOT_FOUND", "notFound", "notFound"),
      (409, "ABORTED", "transient", "unknown"),
      (429, "RESOURCE_EXHAUSTED", "throttled", "throttled"),
      (500, "INTERNAL", "transient", "unknown"), (503, "UNAVAILABLE", "transient", "unknown"),
      (504, "DEADLINE_EXCEEDED", "transient", "unknown"), (405, "X", "bug", "bug"),
    ])
  func sheets(status: Int, name: String, read: String, write: String) {
    let response = google(status, name)
    #expect(kind(SheetsErrors.error(response, isRead: true)) == read)
    #expect(kind(SheetsErrors.error(response, isRead: false)) == write)
    #expect(SheetsErrors.error(response, isRead: true).code == name)
  }

  @Test("a page from some machine in between proves nothing")
  func pages() {
    for status in [400, 403, 404, 502] {
      let page = answer(status, "<html><body>Bad Gateway</body></html>")
      #expect(kind(SheetsErrors.error(page, isRead: false)) == "unknown")
      #expect(kind(SheetsErrors.error(page, isRead: true)) == "transient")
      #expect(kind(FCMErrors.error(page)) == "unknown")
      #expect(kind(NtfyErrors.error(page, isRead: false)) == "unknown")
      #expect(kind(TokenErrors.error(page)) == "transient")
    }
  }

  @Test("a sheet that is not there, or not shared, is put to a person in words")
  func people() {
    let range = google(400, "INVALID_ARGUMENT", "Unable to parse range: 'Orders'!A1:I")
    #expect(kind(SheetsErrors.error(range, isRead: true)) == "person")
    let denied = SheetsErrors.error(google(403, "PERMISSION_DENIED"), isRead: true)
    #expect("\(denied.classification)".contains("share the spreadsheet"))
  }

  @Test(
    "FCM: its own code counts before the status",
    arguments: [
      (404, "UNREGISTERED", "notFound"), (403, "SENDER_ID_MISMATCH", "denied"),
      (429, "QUOTA_EXCEEDED", "throttled"), (503, "UNAVAILABLE", "unknown"),
      (500, "INTERNAL", "unknown"), (401, "THIRD_PARTY_AUTH_ERROR", "denied"),
      (400, "INVALID_ARGUMENT", "invalid"),
    ])
  func fcm(status: Int, code: String, wanted: String) {
    let type = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
    let body = """
      {"error":{"code":\(status),"message":"m","status":"S","details":[\
      {"@type":"\(type)","errorCode":"\(code)"}]}}
      """
    let error = FCMErrors.error(answer(status, body))
    #expect(kind(error) == wanted && error.code == code)
  }

  @Test("FCM asks for a minute at least, and for what it says when that is longer")
  func fcmWaits() {
    func wait(_ headers: HTTPHeaders) -> Duration? {
      guard case .throttled(let after) = FCMErrors.error(answer(429, "", headers)).classification
      else { return nil }
      return after
    }
    #expect(wait([:]) == .seconds(60) && wait(["Retry-After": "5"]) == .seconds(60))
    #expect(wait(["Retry-After": "90"]) == .seconds(90))
    #expect(wait(["Retry-After": "99999999"]) == .hours(1))
  }

  @Test(
    "ntfy: by its status and code",
    arguments: [
      (400, 40_009, "invalid"), (401, 40_101, "denied"), (403, 40_301, "denied"),
      (413, 41_301, "invalid"), (429, 42_901, "throttled"), (429, 42_908, "throttled"),
      (500, 50_001, "unknown"), (507, 50_701, "refused"),
    ])
  func ntfy(status: Int, code: Int, wanted: String) {
    let body = #"{"code":\#(code),"http":\#(status),"error":"e"}"#
    #expect(kind(NtfyErrors.error(answer(status, body), isRead: false)) == wanted)
  }

  @Test("no answer: what never left is harmless, what may have arrived is unknown")
  func wire() {
    let unsent = HTTPClientError(.cannotConnect, mayHaveReachedServer: false, "refused")
    let lost = HTTPClientError(.timedOut, mayHaveReachedServer: true, "timed out")
    let foreign = HTTPClientError(.originNotAllowed, mayHaveReachedServer: false, "foreign")
    #expect(kind(SheetsErrors.error(unsent, isRead: false)) == "transient")
    #expect(kind(SheetsErrors.error(lost, isRead: false)) == "unknown")
    #expect(kind(SheetsErrors.error(lost, isRead: true)) == "transient")
    #expect(
      kind(FCMErrors.error(lost)) == "unknown" && kind(FCMErrors.error(unsent)) == "transient")
    #expect(kind(NtfyErrors.error(lost, isRead: false)) == "unknown")
    #expect(kind(TokenErrors.error(lost)) == "transient")
    #expect(kind(TokenErrors.error(foreign)) == "denied")
    let huge = HTTPClientError(.responseTooLarge, mayHaveReachedServer: true, "large")
    #expect(kind(SheetsErrors.error(huge, isRead: true)) == "person")
  }

  @Test("the token endpoint's refusals are a person's business, its troubles are not")
  func tokens() {
    let grant = answer(400, #"{"error":"invalid_grant","error_description":"Invalid JWT"}"#)
    #expect(kind(TokenErrors.error(grant)) == "denied")
    #expect(TokenErrors.error(grant).code == "invalid_grant")
    #expect(kind(TokenErrors.error(answer(429))) == "throttled")
    #expect(kind(TokenErrors.error(answer(503))) == "transient")
  }
}
