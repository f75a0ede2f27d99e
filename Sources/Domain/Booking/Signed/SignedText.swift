import Cryptography
import Kit

/// A compact JWS as it came, taken apart. Its header has exactly `alg`, `kid` and `typ`, and the one
/// algorithm is ES256: nothing in it can say how, or with what key, it is to be checked.
struct SignedText {
  static let bytesMax = 16_384

  var keyID: String
  var type: String
  var payload: [UInt8]
  private var input: [UInt8]
  private var signature: [UInt8]

  /// `nil` for whatever is not in this form.
  init?(_ text: String) {
    guard text.utf8.count <= Self.bytesMax else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64.decodeURL(parts[0]), !parts[0].hasSuffix("="),
      let payload = Base64.decodeURL(parts[1]), !parts[1].hasSuffix("="),
      let signature = Base64.decodeURL(parts[2]), !parts[2].hasSuffix("="),
      let members = try? JSONValue.parse(header), members.kind == .object,
      members.members.map(\.key).sorted() == ["alg", "kid", "typ"],
      members["alg"]?.string == "ES256", let keyID = members["kid"]?.string,
      let type = members["typ"]?.string
    else { return nil }
    self.keyID = keyID
    self.type = type
    self.payload = payload
    self.signature = signature
    input = Array((parts[0] + "." + parts[1]).utf8)
  }

  func isSigned(by key: P256PublicKey) -> Bool {
    (try? ES256.verify(signature, of: input, by: key)) == true
  }
}
