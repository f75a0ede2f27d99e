import Cryptography
import HTTP
import Kit

extension GoogleService {
  static let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
  static let keyID = "sandbox-key-1"
  /// How far a clock may be ahead.
  static let skew = Duration.seconds(5)

  /// The key file of the simulated service account; it points at this sandbox.
  func keyFile(origin: String) -> JSON? {
    guard let key = store.key() else { return nil }
    return [
      "type": "service_account", "project_id": .string(settings.googleProject),
      "private_key_id": .string(Self.keyID), "private_key": .string(key.privateKey),
      "client_email": .string(settings.serviceAccountEmail), "client_id": "100000000000000000001",
      "token_uri": .string(origin + "/token"), "universe_domain": "googleapis.com",
    ]
  }

  /// RFC 7523 as Google's endpoint keeps it: everything of the assertion is looked at.
  func token(_ request: HTTPRequest) -> Reply {
    func refused(_ why: String) -> Reply { GoogleReply.token(400, "invalid_grant", why) }
    let type = request.headers["Content-Type"]?.lowercased() ?? ""
    guard type.hasPrefix("application/x-www-form-urlencoded") else {
      return GoogleReply.token(400, "invalid_request", "The body must be a form.")
    }
    let form = PercentEncoding.query(String(decoding: request.body, as: UTF8.self)[...])
    guard form.first(where: { $0.0 == "grant_type" })?.1 == Self.grant else {
      return GoogleReply.token(400, "unsupported_grant_type", "Invalid grant_type.")
    }
    let assertion = form.first { $0.0 == "assertion" }?.1 ?? ""
    let parts = assertion.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, !assertion.contains("="), let head = Self.json(parts[0]),
      let claims = Self.json(parts[1]), let signature = Base64.decodeURL(parts[2])
    else { return refused("Bad Request") }
    guard head["alg"]?.string == "RS256", head["typ"]?.string == "JWT",
      head["kid"]?.string == Self.keyID
    else { return refused("Invalid JWT: unknown key or algorithm.") }
    let signed = Array("\(parts[0]).\(parts[1])".utf8)
    guard let key = store.key(),
      (try? RS256.verify(signature, of: signed, pem: key.publicKey)) == true
    else { return refused("Invalid JWT Signature.") }
    guard claims["iss"]?.string == settings.serviceAccountEmail else {
      return refused("Invalid grant: account not found")
    }
    let origin = settings.publicOrigin ?? "http://\(request.headers["Host"] ?? "localhost")"
    guard claims["aud"]?.string == origin + "/token" else { return refused("Invalid JWT: aud") }
    let now = settings.now()
    guard claims["iat"]?.kind == .number, claims["exp"]?.kind == .number,
      let issued = claims["iat"]?.int, let ends = claims["exp"]?.int,
      Timestamp(microseconds: issued &* 1_000_000) <= now + Self.skew,
      ends > now.microseconds / 1_000_000, ends > issued, ends - issued <= 3_600
    else {
      return refused(
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
          + "timeframe. Check your iat and exp values in the JWT claim.")
    }
    let scopes = Set((claims["scope"]?.string ?? "").split(separator: " ").map(String.init))
    guard !scopes.isEmpty,
      scopes.isSubset(of: Self.sheetsScopes.union([Self.messagingScope]))
    else {
      return GoogleReply.token(400, "invalid_scope", "Invalid OAuth scope or ID token audience.")
    }
    let life = settings.tokenLife
    let token = store.enter { state in
      state.tokensGiven += 1
      let token = "sandbox-token-\(state.tokensGiven)"
      state.tokens[token] = GoogleStore.Token(scopes: scopes, until: now + life)
      return token
    }
    return GoogleReply.json([
      "access_token": .string(token), "expires_in": .int(life.components.seconds),
      "token_type": "Bearer",
    ])
  }

  private static func json(_ part: Substring) -> JSONValue? {
    guard let bytes = Base64.decodeURL(part) else { return nil }
    return try? JSONValue.parse(bytes)
  }
}
