import Cryptography
import Testing

@Suite("Cryptography")
struct CryptographyTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
  private func hex(_ text: String) throws -> [UInt8] { try #require(Hex.decode(text)) }

  @Test("SHA-256 gives the known answers of FIPS 180-4")
  func sha256() {
    #expect(
      SHA256.hex(SHA256.hash(bytes("abc")))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hex(SHA256.hash([]))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hex(SHA256.hash(repeatElement(97, count: 1_000_000)))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(SHA256.hash(bytes("xabcx")[1..<4]) == SHA256.hash("abc".utf8))
  }

  @Test("HMAC-SHA-256 gives the known answers of RFC 4231")
  func hmac() {
    #expect(
      Hex.encode(HMAC.sha256(key: bytes("Jefe"), bytes("what do ya want for nothing?")))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    let long = [UInt8](repeating: 0xaa, count: 131)
    #expect(
      Hex.encode(
        HMAC.sha256(key: long, bytes("Test Using Larger Than Block-Size Key - Hash Key First")))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    #expect(
      Hex.encode(HMAC.sha256(key: [], []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test("scrypt gives the known answer of RFC 7914")
  func scryptVector() throws {
    let key = try Scrypt.derive(
      "pleaseletmein", bytes("SodiumChloride"), logarithm: 14, r: 8, p: 1, count: 64)
    #expect(
      Hex.encode(key)
        == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")
  }

  @Test("a password opens its own hash and no other, and no two hashes are the same")
  func passwords() async throws {
    let hash = try await Scrypt.hash("correct horse é")
    #expect(hash.hasPrefix("$scrypt$ln=15,r=8,p=1$"))
    #expect(await Scrypt.verify("correct horse é", against: hash))
    #expect(await !Scrypt.verify("correct horse", against: hash))
    #expect(await !Scrypt.verify("", against: hash))
    #expect(try await Scrypt.hash("correct horse é") != hash)
    await #expect(throws: CryptographyError.self) { try await Scrypt.hash("") }
    await #expect(throws: CryptographyError.self) {
      try await Scrypt.hash(String(repeating: "x", count: 1_025))
    }
  }

  @Test(
    "a stored text that is no hash opens for nobody",
    arguments: [
      "", "$", "$scrypt$", "$scrypt$ln=15,r=8,p=1$$",
      "$scrypt$ln=99,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "$scrypt$ln=20,r=32,p=16$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "$scrypt$ln=x,r=8,p=1$AAAA$AAAA", "$argon2$a$b$c", "$scrypt$ln=1,r=1,p=1$AAAA$AA",
    ])
  func noHash(stored: String) async {
    #expect(await !Scrypt.verify("x", against: stored))
  }

  @Test("AES-256-GCM gives the known answers of the GCM specification")
  func gcmVectors() throws {
    let zero = [UInt8](repeating: 0, count: 32)
    let nonce = [UInt8](repeating: 0, count: 12)
    let empty = try AESGCM.seal([], key: zero, context: [], nonce: nonce)
    #expect(Hex.encode(empty.dropFirst(12)) == "530f8afbc74536b9a963b4f1c4cb738b")
    let block = try AESGCM.seal(
      [UInt8](repeating: 0, count: 16), key: zero, context: [], nonce: nonce)
    #expect(
      Hex.encode(block.dropFirst(12))
        == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    // Test case 16, with additional data.
    let sealed = try AESGCM.seal(
      hex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"),
      key: hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
      context: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
      nonce: hex("cafebabefacedbaddecaf888"))
    #expect(
      Hex.encode(sealed.dropFirst(12))
        == "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        + "76fc6ece0f4e1768cddf8853bb2d551b")
  }

  @Test("what is sealed opens with its key and its context only, and not when a bit was changed")
  func seal() throws {
    let key = SecureRandom.bytes(32)
    let plain = bytes("a carrier's password")
    let sealed = try AESGCM.seal(plain, key: key, context: bytes("shop-1"))
    #expect(try AESGCM.open(sealed, key: key, context: bytes("shop-1")) == plain)
    #expect(try AESGCM.seal(plain, key: key, context: bytes("shop-1")) != sealed)
    for at in sealed.indices {
      var changed = sealed
      changed[at] ^= 1
      #expect { try AESGCM.open(changed, key: key, context: bytes("shop-1")) } throws: {
        ($0 as? CryptographyError)?.code == .notAuthentic
      }
    }
    #expect(throws: CryptographyError.self) { try AESGCM.open(sealed, key: key) }
    #expect(throws: CryptographyError.self) {
      try AESGCM.open(sealed, key: SecureRandom.bytes(32), context: bytes("shop-1"))
    }
    for count in [0, 12, 27] {
      #expect(throws: CryptographyError.self) {
        try AESGCM.open(Array(sealed.prefix(count)), key: key, context: bytes("shop-1"))
      }
    }
    #expect { try AESGCM.seal(plain, key: [1, 2, 3]) } throws: {
      ($0 as? CryptographyError)?.code == .badKey
    }
  }

  @Test("RS256 signs as openssl does")
  func rs256() throws {
    let signature = try RS256.sign(bytes("header.payload"), pem: TestKeys.privateKey)
    #expect(Base64.encode(signature) == TestKeys.signature)
    #expect(try RS256.verify(signature, of: bytes("header.payload"), pem: TestKeys.publicKey))
    #expect(try !RS256.verify(signature, of: bytes("header.paylord"), pem: TestKeys.publicKey))
    #expect(try !RS256.verify([], of: bytes("header.payload"), pem: TestKeys.publicKey))
  }

  @Test("what is no RSA key is refused, and no passphrase is ever asked for")
  func noKey() {
    let pems = [
      "", "nonsense", TestKeys.publicKey, TestKeys.ellipticKey, TestKeys.keyWithPassphrase,
      String(TestKeys.privateKey.prefix(500)),
    ]
    for (number, pem) in pems.enumerated() {
      #expect("key \(number)") { try RS256.sign([1], pem: pem) } throws: {
        ($0 as? CryptographyError)?.code == .badKey
      }
    }
  }

  @Test("zlib, gzip and raw streams are unpacked")
  func inflate() throws {
    let text = bytes(String(repeating: "BT (Tj) ET ", count: 40))
    let raw = "730a51d008c9d254700d51701a650e1d2600"
    #expect(try Inflate.bytes(hex("78da\(raw)450668b1"), limit: 440) == text)
    #expect(try Inflate.bytes(hex(raw), .raw, limit: 1_000) == text)
    #expect(
      try Inflate.bytes(hex("1f8b0800000000000203\(raw)5e566302b8010000"), .gzip, limit: 1_000)
        == text)
    #expect(try Inflate.bytes(hex("78da\(raw)450668b1") + [10, 13], limit: 1_000) == text)
  }

  @Test("a bomb, a cut-off and a changed stream are refused")
  func inflateHostile() throws {
    let bomb = try hex(
      "78daedc13101000000c2a0f54f6d0d0fa000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000080570386af0001"
    )
    #expect { try Inflate.bytes(bomb, limit: 99_999) } throws: {
      ($0 as? CryptographyError)?.code == .tooLong
    }
    #expect(try Inflate.bytes(bomb, limit: 100_000).count == 100_000)
    for count in 0..<bomb.count {
      #expect(throws: CryptographyError.self) {
        try Inflate.bytes(bomb.prefix(count), limit: 100_000)
      }
    }
    var changed = bomb
    changed[changed.count - 1] ^= 1
    #expect(throws: CryptographyError.self) { try Inflate.bytes(changed, limit: 100_000) }
    #expect(throws: CryptographyError.self) { try Inflate.bytes([], limit: 0) }
  }

  @Test(
    "Base64 gives the known answers of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(plain: String, encoded: String) {
    #expect(Base64.encode(bytes(plain)) == encoded)
    #expect(Base64.decode(encoded) == bytes(plain))
    let short = String(encoded.prefix { $0 != "=" })
    #expect(Base64.encodeURL(bytes(plain)) == short)
    #expect(Base64.decodeURL(short) == bytes(plain))
    #expect(Base64.decodeURL(encoded) == bytes(plain))
  }

  @Test(
    "Base64 is strict",
    arguments: [
      "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg===", "=Zg=", "Z=g=", "Zm9v\n", " Zm9v", "Zm-_", "====",
      "Zg==Zg==",
    ])
  func base64Strict(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test("all bytes survive hex and both Base64 alphabets")
  func roundTrips() {
    for count in 0..<300 {
      let all = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
      #expect(Hex.decode(Hex.encode(all)) == all)
      #expect(Base64.decode(Base64.encode(all)) == all)
      #expect(Base64.decodeURL(Base64.encodeURL(all)) == all)
    }
    #expect(Hex.decode("ABcd") == [0xab, 0xcd])
    for text in ["a", "0g", "0x12", " 12"] { #expect(Hex.decode(text) == nil) }
  }

  @Test("secrets are compared whole")
  func compare() {
    #expect(constantTimeEquals("abc", "abc"))
    #expect(!constantTimeEquals("abc", "abd"))
    #expect(!constantTimeEquals("abc", "abcd"))
    #expect(constantTimeEquals([UInt8](), []))
  }
}
