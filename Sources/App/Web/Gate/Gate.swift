import Cryptography
import HTTP
import Kit
import Ledger
import People
import Postgres
import Synchronization

/// Who comes in: sessions, and proof that a form is ours.
struct Gate: Sendable {
  static let tokenField = "_form"
  /// The same for scripts.
  static let tokenHeader = "X-Form-Token"

  let ledger: Ledger
  let settings: SiteSettings
  let waiting = WaitingRoom()

  var cookies: Cookies { Cookies(isSecure: settings.isSecure) }

  func session(of request: HTTPRequest) async throws(PostgresError) -> Session? {
    guard let token = cookies.value(cookies.session, of: request),
      let found = try await ledger.session(Session.digest(of: token), settings.rules)
    else { return nil }
    return Session(found, token: token, address: address(of: request))
  }

  /// Where a request comes from: the last address that our own proxy added, or the connection's.
  func address(of request: HTTPRequest) -> String {
    guard settings.isBehindProxy, let last = request.headers.all("X-Forwarded-For").last,
      let address = last.split(separator: ",").last.flatMap({ Text.trimmed(String($0)) }),
      address.utf8.count <= 64
    else { return request.remoteAddress }
    return address
  }

  /// A POST is taken only from a page of ours: the browser says so where it can, and the form has to
  /// hold the token of this very session.
  func check(_ request: HTTPRequest, _ form: Form, token: String) throws(PageProblem) {
    let given = form.raw(Self.tokenField) ?? request.headers[Self.tokenHeader] ?? ""
    guard isFromUs(request), constantTimeEquals(given, token) else { throw Self.forged }
  }

  static let forged = PageProblem(
    status: 403, headline: "This form is not ours",
    words: """
      It came from another site, or from a page that was open before you signed in. Nothing was \
      changed: open the page again and repeat it.
      """)

  private func isFromUs(_ request: HTTPRequest) -> Bool {
    if let site = request.headers["Sec-Fetch-Site"] { return site == "same-origin" }
    guard let origin = request.headers["Origin"] else { return true }
    if origin == settings.publicURL { return true }
    guard let host = request.headers["Host"] else { return false }
    return origin == "http://\(host)" || origin == "https://\(host)"
  }
}

/// Passwords being looked at: each costs a good part of a second of work, so only so many wait.
final class WaitingRoom: Sendable {
  static let placesMax = 16
  private let taken = Mutex(0)

  func enter() -> Bool {
    taken.withLock { taken in
      guard taken < Self.placesMax else { return false }
      taken += 1
      return true
    }
  }

  func leave() { taken.withLock { $0 -= 1 } }
}
