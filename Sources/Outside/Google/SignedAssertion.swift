import Cryptography
public import Kit

/// The JSON Web Token that a service account trades for an access token (RFC 7523).
public enum SignedAssertion {
  /// The most that the token endpoint allows.
  public static let life = Duration.hours(1)
  /// Back-dated, so that a clock that is a little fast still gets a token.
  public static let backdated = Duration.seconds(10)

  /// - Returns: three parts, each in base64url without padding, signed by RS256.
  /// - Throws: `.denied` when the account's private key cannot be used.
  public static func make(
    for account: ServiceAccount, scope: GoogleScope, at now: Timestamp
  ) throws(OutsideError) -> String {
    let issued = (now - backdated).microseconds / 1_000_000
    let header: JSON = ["alg": "RS256", "typ": "JWT", "kid": .string(account.keyID)]
    let claims: JSON = [
      "iss": .string(account.clientEmail), "scope": .string(scope.rawValue),
      "aud": .string(account.tokenURI), "iat": .int(issued),
      "exp": .int(issued + life.components.seconds),
    ]
    let signed = Base64.encodeURL(header.bytes) + "." + Base64.encodeURL(claims.bytes)
    do {
      let signature = try RS256.sign(Array(signed.utf8), pem: account.privateKey)
      return signed + "." + Base64.encodeURL(signature)
    } catch {
      throw ServiceAccount.unusable("the service account's private key cannot be used")
    }
  }
}
