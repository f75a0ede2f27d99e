import HTTP
import HTTPClient
import Kit
import Mirakl
import Testing

@Suite("What the marketplace forbids")
struct MiraklForbiddenTests {
  private func classify(_ status: Int, _ body: String, read: Bool = false) -> Classification {
    let response = HTTPClientResponse(status: status, headers: [:], body: Array(body.utf8))
    return MiraklErrors.error(response, isRead: read).classification
  }

  @Test("a 403 with a published code is about the order, as its 400 is")
  func orders() {
    let fulfilled = #"{"status":403,"message":"m","code":"ORDER_FULFILLED_UNAUTHORIZED"}"#
    #expect(classify(403, fulfilled).isRefused)
    #expect(classify(403, #"{"errors":[{"code":"ORDER_INVALID_STATE"}]}"#).isConflict)
    #expect(classify(403, #"{"error_code":"ORDER_NOT_FOUND"}"#, read: true).isNotFound)
    #expect(
      classify(403, #"{"errors":[{"field":"id","message":"m","code":"ORDER_LINE_NOT_FOUND"}]}"#)
        .fields == ["id"])
  }

  @Test("any other 403 is about the key, and so is every 401")
  func keys() {
    for body in [
      "", "<html>Forbidden</html>", "{", #"{"status":403,"message":"m"}"#,
      #"{"message":"m","code":"SHOP_SUSPENDED"}"#,
    ] {
      #expect(classify(403, body).isDenied, "\(body)")
    }
    #expect(classify(401, #"{"code":"ORDER_NOT_FOUND"}"#).isDenied)
  }
}
