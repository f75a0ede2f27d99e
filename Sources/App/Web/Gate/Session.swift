import Cryptography
import Ledger
import People

/// Who is signed in, with the secret of their browser.
struct Session: Sendable {
  let personID: Int64
  let name: String
  let fullName: String
  let role: Role
  /// What the next page tells once.
  let notice: String?
  /// SHA-256 of the token: what the database knows it by.
  let digest: [UInt8]
  /// Proves that a form is one of ours: nobody can make it who has not read our page.
  let formToken: String
  let address: String

  init(_ found: FoundSession, token: String, address: String) {
    personID = found.personID
    name = found.name
    fullName = found.fullName
    role = found.role
    notice = found.notice
    digest = Self.digest(of: token)
    formToken = Self.formToken(of: token)
    self.address = address
  }

  var actor: Actor { Actor(personID: personID, name: name, address: address) }

  static func newToken() -> String { Base64.encodeURL(SecureRandom.bytes(32)) }

  static func digest(of token: String) -> [UInt8] { SHA256.hash(token.utf8) }

  static func formToken(of token: String) -> String {
    Base64.encodeURL(HMAC.sha256(key: Array(token.utf8), Array("form".utf8)))
  }
}
