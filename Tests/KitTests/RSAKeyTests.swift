import Cryptography
import Testing

@Suite("RSA keys")
struct RSAKeyTests {
  @Test("a new key signs what its public half verifies, and no other key does")
  func pair() throws {
    let pair = try RSAKeyPair.make()
    let other = try RSAKeyPair.make()
    let message = Array("header.payload".utf8)
    let signature = try RS256.sign(message, pem: pair.privateKey)
    #expect(signature.count == 256)
    #expect(try RS256.verify(signature, of: message, pem: pair.publicKey))
    #expect(try !RS256.verify(signature, of: message, pem: other.publicKey))
    #expect(try !RS256.verify(signature, of: message + [0], pem: pair.publicKey))
    #expect(pair.privateKey.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    #expect(pair.publicKey.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
    #expect(pair.privateKey != other.privateKey)
  }

  @Test("a key that is too short is not made, and no key shows in a text")
  func limits() throws {
    #expect { try RSAKeyPair.make(bits: 1_024) } throws: {
      ($0 as? CryptographyError)?.code == .badKey
    }
    let pair = try RSAKeyPair.make()
    var dumped = ""
    dump(pair, to: &dumped)
    #expect(!"\(pair)\(dumped)".contains("PRIVATE"))
  }
}
