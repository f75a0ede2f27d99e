public import Kit

/// A service account's key file, as Google's console gives it out. It is a password.
public struct ServiceAccount: Sendable {
  /// What a sheet has to be shared with.
  public var clientEmail: String
  public var keyID: String
  /// PEM; never printed.
  public var privateKey: String
  /// The endpoint of tokens, and whom the assertion is meant for.
  public var tokenURI: String
  /// Needed for messaging; empty when the file does not say.
  public var projectID: String

  public static let tokenURIUsual = "https://oauth2.googleapis.com/token"
  /// A key file has some 2,300 bytes.
  public static let fileBytesMax = 64 << 10

  public init(
    clientEmail: String, keyID: String, privateKey: String,
    tokenURI: String = ServiceAccount.tokenURIUsual, projectID: String = ""
  ) {
    self.clientEmail = clientEmail
    self.keyID = keyID
    self.privateKey = privateKey
    self.tokenURI = tokenURI
    self.projectID = projectID
  }

  /// Reads a key file.
  /// - Throws: `.denied` in words for the person who set it up; never a part of the key.
  public init(file bytes: [UInt8]) throws(OutsideError) {
    guard let file = try? JSONValue.parse(bytes, limits: JSONLimits(bytes: Self.fileBytesMax)),
      file.kind == .object
    else { throw Self.unusable("the service account's key file is not readable as JSON") }
    guard file["type"]?.string == "service_account" else {
      throw Self.unusable("the key file is not of the type service_account")
    }
    func text(_ name: String) throws(OutsideError) -> String {
      guard let text = file[name]?.string, !text.isEmpty else {
        throw Self.unusable("the key file has no \(name)")
      }
      return text
    }
    self.init(
      clientEmail: try text("client_email"), keyID: try text("private_key_id"),
      privateKey: try text("private_key"),
      tokenURI: file["token_uri"]?.string ?? Self.tokenURIUsual,
      projectID: file["project_id"]?.string ?? "")
    Redaction.register([privateKey])
  }

  static func unusable(_ why: String) -> OutsideError {
    OutsideError(service: TokenErrors.service, message: why, classification: .denied(why))
  }
}

extension ServiceAccount: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { clientEmail }
  public var debugDescription: String { clientEmail }
  /// Keeps the key out of dumps.
  public var customMirror: Mirror { Mirror(self, children: ["clientEmail": clientEmail]) }
}
