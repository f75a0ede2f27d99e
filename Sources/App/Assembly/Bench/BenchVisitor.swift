import Cryptography
import HTTP
import Ledger
import People
import Web

/// An owner with a session, who asks the site for pages without a network between.
struct BenchVisitor {
  private let site: Website
  private let cookie: String

  static func signIn(_ site: Website, _ ledger: Ledger) async throws -> BenchVisitor {
    let name = "bench"
    let person = NewPerson(
      name: name, fullName: "Bench", role: .owner, passwordHash: "nobody signs in with this")
    _ = try await ledger.add(person, by: .commandLine("bench"))
    guard let personID = try await ledger.password(of: name)?.personID else {
      throw NotFound(description: "no account for the measurement")
    }
    let token = Base64.encodeURL(SecureRandom.bytes(32))
    try await ledger.beginSession(
      SHA256.hash(token.utf8), of: Actor(personID: personID, name: name, address: ""),
      personID: personID, browser: "bench", tryID: nil, SignInRules())
    return BenchVisitor(site: site, cookie: "quayside=" + token)
  }

  func get(_ target: String) async -> HTTPResponse {
    await site.answer(HTTPRequest(method: "GET", target: target, headers: ["Cookie": cookie]))
  }

  func length(of response: HTTPResponse) -> Int {
    guard case .bytes(let bytes) = response.body else { return 0 }
    return bytes.count
  }
}
