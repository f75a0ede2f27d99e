import HTTP
import HTTPClient
import Kit
import Mirakl
import Testing

@Suite("What the marketplace's refusals mean")
struct MiraklErrorTests {
  private func classify(
    _ status: Int, _ body: String = "", read: Bool = false, headers: HTTPHeaders = [:]
  ) -> Classification {
    let response = HTTPClientResponse(status: status, headers: headers, body: Array(body.utf8))
    return MiraklErrors.error(response, isRead: read).classification
  }

  @Test("a refusal of the marketplace's own settles a call")
  func refusals() {
    #expect(classify(400, #"{"status":400,"message":"wrong state"}"#).isRefused)
    #expect(classify(400, "").isRefused)
    #expect(classify(404, #"{"status":404,"message":"No order"}"#).isNotFound)
    #expect(classify(410, #"{"status":410,"message":"gone"}"#).isRefused)
    #expect(classify(401, "<html>").isDenied)
    #expect(classify(403, #"{"message":"no"}"#).isDenied)
    #expect(classify(409, #"{"message":"no"}"#).isConflict)
    for status in [405, 406, 411, 413, 415] { #expect(classify(status).isBug) }
  }

  @Test("published codes count wherever they stand in the body")
  func codes() {
    let state = "ORDER_INVALID_STATE"
    #expect(classify(400, #"{"status":400,"message":"m","code":"\#(state)"}"#).isConflict)
    #expect(classify(400, #"{"error_code":"\#(state)"}"#).isConflict)
    #expect(classify(400, #"{"errors":[{"code":"\#(state)","message":"m"}]}"#).isConflict)
    #expect(classify(400, #"{"code":"ORDER_NOT_FOUND"}"#).isNotFound)
    #expect(classify(400, #"{"code":"ORDER_PARTIAL_ACCEPTANCE_DISABLED"}"#).isRefused)
    let field = #"{"errors":[{"field":"order_lines[0].id","message":"unknown","code":"#
    #expect(classify(400, field + #""ORDER_LINE_NOT_FOUND"}]}"#).fields == ["order_lines[0].id"])
    #expect(classify(400, field + #""NEWER"},{"message":"and more"}]}"#).fields?.count == 2)
  }

  @Test("after a write, an error of the other side leaves the outcome unknown")
  func lostWrites() {
    for status in [500, 502, 503, 504, 408, 301, 302, 307, 599] {
      #expect(classify(status, "<html>502</html>").isUnknown, "\(status)")
      #expect(classify(status, "<html>502</html>", read: true).isTransient, "\(status)")
    }
    #expect(classify(400, "<html><h1>400 Bad Request</h1>").isUnknown)
    #expect(classify(404, "\n <!doctype html>", read: true).isTransient)
  }

  @Test("a throttle says how long to wait, within reason")
  func throttles() {
    #expect(classify(429, headers: ["Retry-After": "7"]) == .throttled(retryAfter: .seconds(7)))
    #expect(classify(429) == .throttled(retryAfter: .seconds(60)))
    for odd in ["soon", "-5", "", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT"] {
      #expect(
        classify(429, headers: ["retry-after": odd]) == .throttled(retryAfter: .seconds(60)))
    }
    #expect(
      classify(429, headers: ["Retry-After": "9223372036854775807"])
        == .throttled(retryAfter: .hours(1)))
  }

  @Test("error bodies of any kind are survived")
  func oddBodies() {
    for body in [
      "null", "[]", "7", #"{"errors":{}}"#, #"{"errors":[null,7,{}]}"#, #"{"message":{}}"#,
      #"{"code":34,"message":null}"#, "\u{FEFF}", "{", String(repeating: "[", count: 10_000),
    ] {
      #expect(classify(400, body).isRefused, "\(body.prefix(30))")
    }
    let bytes: [UInt8] = [0xFF, 0xFE, 0x00, 0x80]
    let response = HTTPClientResponse(status: 400, headers: [:], body: bytes)
    #expect(MiraklErrors.error(response, isRead: false).classification.isRefused)
  }

  @Test("somebody else's words are bounded and one line")
  func words() {
    let long = String(repeating: "x", count: 10_000)
    let response = HTTPClientResponse(
      status: 400, headers: [:], body: Array(#"{"message":"a\nb\#(long)"}"#.utf8))
    let error = MiraklErrors.error(response, isRead: false)
    #expect(error.message.hasPrefix("a b"))
    #expect(error.message.count <= 300)
  }

  @Test("a lost answer is unknown, not failed; an unsent call may go again")
  func transport() {
    let lost = HTTPClientError(.timedOut, mayHaveReachedServer: true, "no answer")
    let unsent = HTTPClientError(.cannotConnect, mayHaveReachedServer: false, "refused")
    #expect(MiraklErrors.error(lost, isRead: false).classification.isUnknown)
    #expect(MiraklErrors.error(lost, isRead: true).classification.isTransient)
    #expect(MiraklErrors.error(unsent, isRead: false).classification.isTransient)
    let elsewhere = HTTPClientError(.originNotAllowed, mayHaveReachedServer: false, "elsewhere")
    #expect(MiraklErrors.error(elsewhere, isRead: false).classification.isDenied)
  }
}
