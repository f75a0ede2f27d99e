import Cryptography
import Testing

@Suite("ES256")
struct ES256Tests {
  /// RFC 7515, appendix A.3.
  private static let input =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvb"
    + "S9pc19yb290Ijp0cnVlfQ"
  private static let signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
  private static let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
  private static let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"

  private static func key() throws -> P256PublicKey {
    try P256PublicKey(
      point: [4] + #require(Base64.decodeURL(x)) + #require(Base64.decodeURL(y)))
  }

  @Test("the signature of RFC 7515 is good, and with any bit changed it is not")
  func known() throws {
    let key = try Self.key()
    let message = Array(Self.input.utf8)
    let signature = try #require(Base64.decodeURL(Self.signature))
    #expect(try ES256.verify(signature, of: message, by: key))
    for i in signature.indices {
      var bad = signature
      bad[i] ^= 1 << UInt8(i % 8)
      #expect(try !ES256.verify(bad, of: message, by: key), "byte \(i)")
    }
    #expect(try !ES256.verify(signature, of: message + [0], by: key))
    let odd: [[UInt8]] = [
      [], Array(signature.dropLast()), signature + [0], [UInt8](repeating: 0, count: 64),
      [UInt8](repeating: 255, count: 64),
    ]
    for bad in odd { #expect(try !ES256.verify(bad, of: message, by: key)) }
  }

  @Test("what a new key signs is its own, also after it was written down")
  func own() throws {
    let key = try P256PrivateKey.make()
    let again = try P256PrivateKey(pem: key.pem)
    #expect(again.publicKey == key.publicKey)
    // Numbers of every length come up in so many.
    for i in 0..<200 {
      let message = Array("message \(i)".utf8)
      let signature = try ES256.sign(message, with: i % 2 == 0 ? key : again)
      #expect(signature.count == 64)
      #expect(try ES256.verify(signature, of: message, by: key.publicKey))
    }
    let other = try P256PrivateKey.make()
    #expect(other.publicKey != key.publicKey)
    #expect(
      try !ES256.verify(ES256.sign([1], with: other), of: [1], by: key.publicKey))
  }

  @Test("what is no point and no key of the curve is refused, and a key is never printed")
  func strangers() throws {
    let point = try Self.key().point
    var off = point
    off[64] ^= 1
    let none: [[UInt8]] = [
      [], Array(point.dropFirst()), point + [0], off, [UInt8](repeating: 0, count: 65),
      [2] + point.dropFirst(), [4] + [UInt8](repeating: 255, count: 64),
    ]
    for bad in none {
      #expect(throws: CryptographyError.self) { try P256PublicKey(point: bad) }
    }
    for bad in ["", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", try rsa()] {
      #expect(throws: CryptographyError.self) { try P256PrivateKey(pem: bad) }
    }
    let key = try P256PrivateKey.make()
    var shown = "\(key)"
    dump(key, to: &shown)
    #expect(!shown.contains("PRIVATE"))
  }

  private func rsa() throws -> String { try RSAKeyPair.make().privateKey }
}
