import HTTP
import HTTPClient
import Kit
import Testing

@Suite("Values")
struct ValueTests {
  @Test("headers keep their order and do not mind capitals")
  func headers() {
    var headers: HTTPHeaders = ["Set-Cookie": "a=1", "ETag": "x", "set-cookie": "b=2"]
    #expect(headers["SET-COOKIE"] == "a=1")
    #expect(headers.all("Set-Cookie") == ["a=1", "b=2"])
    headers["set-cookie"] = nil
    #expect(headers.map(\.0) == ["ETag"])
    #expect(headers["Missing"] == nil)
  }

  @Test(
    "only tokens are names, and values hold no controls",
    arguments: [("", "a"), ("a b", "a"), ("a:", "a"), ("é", "a"), ("a", "b\r"), ("a", "\u{7F}")])
  func illegalHeaders(name: String, value: String) {
    #expect(!HTTPHeaders([(name, value)]).areLegal)
    #expect(HTTPHeaders([("a", "b\tc é")]).areLegal)
  }

  @Test("a query is decoded pair by pair")
  func query() {
    let request = HTTPRequest(method: "GET", target: "/a%2Fb%zz?x=1%202&y&z=a+b&x=3")
    #expect(request.path == "/a/b%zz")
    #expect(request.rawPath == "/a%2Fb%zz")
    #expect(request.query.map(\.0) == ["x", "y", "z", "x"])
    #expect(request.query("x") == "1 2" && request.query("z") == "a b")
    #expect(PercentEncoding.decode("%e2%82%ac%4"[...]) == "€%4")
    #expect(PercentEncoding.encode("a b/ü~") == "a%20b%2F%C3%BC~")
  }

  @Test(
    "an origin is scheme, host and port, exactly",
    arguments: [
      ("http://Example.com/x?y", "http://example.com:80"),
      ("HTTPS://example.com", "https://example.com:443"),
      ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
      ("http://[::1]:99?x", "http://[::1]:99"),
      ("http://user@example.com", nil), ("http://a:b@example.com", nil), ("ftp://a", nil),
      ("http://", nil), ("http:///a", nil), ("http:/a", nil), ("//a", nil), ("a", nil),
      ("http://a:0", nil), ("http://a:", nil), ("http://a:+80", nil), ("http://a:99999", nil),
      ("http://a\\@b", nil), ("http://a b", nil), ("http://a#b", nil), ("http://é", nil),
      ("http://a%2eb", nil), ("http://[::1", nil), ("http://[x]/", nil), ("http://a:1:2", nil),
    ])
  func origin(url: String, expected: String?) {
    #expect(Origin(url: url)?.description == expected)
  }

  @Test("a problem has a status, a code and words")
  func problems() throws {
    let error = OutsideError(
      service: "BestBuy", message: "slow down",
      classification: .throttled(retryAfter: .milliseconds(1_500)))
    let response = HTTPResponse.problem(error, correlationID: "c1")
    #expect(response.status == 429)
    #expect(response.headers["Retry-After"] == "2")
    guard case .bytes(let bytes) = response.body else {
      Issue.record("no bytes")
      return
    }
    let value = try JSONValue.parse(bytes)["error"]
    #expect(value?["code"]?.string == "TOO_MANY_REQUESTS")
    #expect(value?["correlation_id"]?.string == "c1")
  }
}

@Suite("Router")
struct RouterTests {
  private static func answer(_ method: String, _ target: String) async -> String {
    var router = Router()
    router.use { request, next in
      var response = await next(request)
      response.headers["X-Around"] = "\(response.status)"
      return response
    }
    router.on("GET", "/orders/{order_id}") { _, captures in .text(captures["order_id"] ?? "") }
    router.on("PUT", "/orders/{order_id}/accept") { _, captures in
      .text("accept " + (captures["order_id"] ?? ""))
    }
    router.on("GET", "/assets/{file...}") { _, captures in .text(captures["file"] ?? "") }
    router.on("GET", "/") { _, _ in .text("home") }
    let response = await router.answer(HTTPRequest(method: method, target: target))
    guard case .bytes(let bytes) = response.body else { return "" }
    let around = response.headers["X-Around"] ?? "-"
    return "\(around) " + String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    "a path finds its handler",
    arguments: [
      ("GET", "/orders/A%2FB?x=1", "200 A/B"), ("HEAD", "/orders/7", "200 7"),
      ("PUT", "/orders/7/accept", "200 accept 7"), ("GET", "/", "200 home"),
      ("GET", "/assets/a/b.css", "200 a/b.css"), ("GET", "/orders/7/accept", "405 "),
      ("GET", "/nothing", "404 "), ("GET", "/orders", "404 "), ("GET", "/orders/7/8", "404 "),
    ])
  func routes(method: String, target: String, expected: String) async {
    #expect(await Self.answer(method, target).hasPrefix(expected))
  }
}

@Suite("Multipart")
struct MultipartTests {
  private static let type = "multipart/form-data; boundary=\"XyZ\""

  @Test("a form comes apart into its parts")
  func parts() throws {
    let text =
      "--XyZ\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--there\r\n"
      + "--XyZ\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.pdf\"\r\n"
      + "Content-Type: application/pdf\r\n\r\n\r\n--XyZ--\r\n"
    let parts = try Multipart.parse(Array(text.utf8), contentType: Self.type)
    #expect(parts.map(\.name) == ["note", "f"])
    #expect(String(decoding: parts[0].body, as: UTF8.self) == "hi\r\n--there")
    #expect(parts[1].filename == "a.pdf" && parts[1].contentType == "application/pdf")
    #expect(parts[1].body.isEmpty)
  }

  @Test(
    "a broken form is refused",
    arguments: [
      "", "--XyZ", "--XyZ\r\n", "--XyZ\r\nA: b\r\n\r\nx\r\n--XyZ--", "--XyZ\r\n\r\n\r\n--XyZ--",
      "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", "nothing",
    ])
  func broken(text: String) {
    #expect(throws: MultipartError.self) {
      try Multipart.parse(Array(text.utf8), contentType: Self.type)
    }
    #expect(throws: MultipartError.self) {
      try Multipart.parse(Array(text.utf8), contentType: "text/plain")
    }
  }
}
