public import Cryptography
public import Kit

/// The key that the server signs with: questions to customers, and evidence.
public struct SigningKey: Sendable {
  public let key: P256PrivateKey
  /// As it is named in what it signed: the thumbprint of its public half.
  public let id: String

  public init(_ key: P256PrivateKey) {
    self.key = key
    id = key.publicKey.thumbprint
  }

  /// A compact JWS (RFC 7515) of the payload.
  ///
  /// - Parameter type: what it is, so that nothing signed for one purpose passes for another.
  public func sign(_ payload: [UInt8], type: String) throws(CryptographyError) -> String {
    let header = CanonicalJSON.bytes(
      of: JSON.object([("alg", "ES256"), ("kid", .string(id)), ("typ", .string(type))]))
    let input = Base64.encodeURL(header) + "." + Base64.encodeURL(payload)
    return input + "." + Base64.encodeURL(try ES256.sign(Array(input.utf8), with: key))
  }
}

extension P256PublicKey {
  /// As a JSON Web Key (RFC 7517).
  public var jwk: JSON {
    .object([
      ("kty", "EC"), ("crv", "P-256"), ("x", .string(Base64.encodeURL(x))),
      ("y", .string(Base64.encodeURL(y))),
    ])
  }

  /// SHA-256 of the key's own members in their canonical form, base64url (RFC 7638).
  public var thumbprint: String { Base64.encodeURL(CanonicalJSON.digest(of: jwk)) }

  /// - Parameters x, y: base64url, 32 bytes each.
  /// - Returns: `nil` for whatever is no point of the curve.
  public init?(x: String, y: String) {
    guard let x = Base64.decodeURL(x), let y = Base64.decodeURL(y), x.count == 32, y.count == 32
    else { return nil }
    do throws(CryptographyError) { try self.init(point: [4] + x + y) } catch { return nil }
  }
}
