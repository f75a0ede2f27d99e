import HTTP
import Testing
import Web

/// The keys of a page's forms, each of which acts once.
func formKeys(in page: String) -> [String] {
  page.split(separator: "name=\"key\" value=\"").dropFirst().map {
    String($0.prefix { $0 != "\"" })
  }
}

/// What a browser does for its person: keeps cookies, fills the form's token in, says where a post
/// comes from.
final class Browser {
  static let password = "correct horse battery"

  private let site: Website
  private(set) var cookies: [String: String] = [:]
  var address = "192.0.2.1"
  var fetchSite: String? = "same-origin"

  init(_ site: Website) { self.site = site }

  func get(_ target: String) async -> HTTPResponse { await send("GET", target) }

  /// Fills in the token of the page that is asked for first, as somebody does who looks at it.
  func post(
    _ target: String, from page: String? = nil, _ fields: [(String, String)]
  ) async -> HTTPResponse {
    let token = token(in: text(await get(page ?? "/account")))
    return await submit(target, fields + [("_form", token)])
  }

  /// Just these fields.
  func submit(_ target: String, _ fields: [(String, String)]) async -> HTTPResponse {
    let body = fields.map { PercentEncoding.encode($0.0) + "=" + PercentEncoding.encode($0.1) }
      .joined(separator: "&")
    return await send("POST", target, body: Array(body.utf8))
  }

  func signIn(_ name: String, _ password: String = Browser.password) async -> HTTPResponse {
    await post("/sign-in", from: "/sign-in", [("name", name), ("password", password)])
  }

  func beFirst(_ name: String) async -> HTTPResponse {
    await post(
      "/sign-in", from: "/sign-in",
      [
        ("first", "1"), ("full_name", "Robin Example"), ("name", name),
        ("password", Browser.password), ("again", Browser.password),
      ])
  }

  func asFirstOwner() async throws -> Browser {
    try #require(await beFirst("owner").status == 303)
    return self
  }

  func token(in page: String) -> String {
    guard let mark = page.firstRange(of: "name=\"_form\" value=\"") else { return "" }
    return String(page[mark.upperBound...].prefix { $0 != "\"" })
  }

  private func send(_ method: String, _ target: String, body: [UInt8] = []) async -> HTTPResponse {
    var headers: HTTPHeaders = ["Host": "127.0.0.1:8080"]
    if !cookies.isEmpty {
      headers["Cookie"] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    }
    if method == "POST" {
      headers["Content-Type"] = "application/x-www-form-urlencoded"
      headers["Sec-Fetch-Site"] = fetchSite
    }
    let response = await site.answer(
      HTTPRequest(
        method: method, target: target, headers: headers, body: body, remoteAddress: address))
    for cookie in response.headers.all("Set-Cookie") {
      let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
      cookies[String(pair[0])] = pair.count == 2 ? String(pair[1]) : nil
    }
    return response
  }
}
