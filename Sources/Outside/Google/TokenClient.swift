import HTTP
public import HTTPClient
public import Kit

/// The token endpoint: trades a signed assertion for an access token.
public struct TokenClient: Sendable {
  public var fetch: @Sendable (ServiceAccount, GoogleScope) async -> Answer<AccessToken>

  /// Answers nothing but a bug that names the call.
  public static let unstubbed = TokenClient { _, _ in
    let why = "Token is not stubbed"
    return .unsent(
      OutsideError(service: TokenErrors.service, message: why, classification: .bug(why)),
      endpoint: "Token")
  }

  public init(
    fetch: @escaping @Sendable (ServiceAccount, GoogleScope) async -> Answer<AccessToken>
  ) { self.fetch = fetch }

  /// - Parameter now: the clock that the assertion and the token's end are reckoned by.
  public static func live(
    http: HTTPClient, deadline: Duration = .seconds(15),
    now: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
  ) -> TokenClient {
    TokenClient { account, scope in
      let assertion: String
      do throws(OutsideError) {
        assertion = try SignedAssertion.make(for: account, scope: scope, at: now())
      } catch {
        return .unsent(error, endpoint: "Token", method: "POST", url: account.tokenURI)
      }
      let form = "grant_type=" + PercentEncoding.encode(grant) + "&assertion=" + assertion
      let asked = now()
      var (record, result) = await http.recorded(
        HTTPClientRequest(
          method: "POST", url: account.tokenURI,
          headers: [
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
          ], body: Array(form.utf8), deadline: deadline, maxResponseBytes: 1 << 20),
        service: TokenErrors.service, endpoint: "Token", relatedID: nil)
      record = record.with(requestBody: note("a signed assertion of \(account.clientEmail)"))
      do throws(OutsideError) {
        switch result {
        case .failure(let error): throw TokenErrors.error(error)
        case .success(let response):
          guard response.status == 200 else { throw TokenErrors.error(response) }
          record = record.with(responseBody: note("an access token"))
          return Answer(call: record, result: .success(try token(response.body, asked: asked)))
        }
      } catch {
        return Answer(call: record.failed(error.message), result: .failure(error))
      }
    }
  }

  static let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

  private static func note(_ what: String) -> [UInt8] { Array("(not kept: \(what))".utf8) }

  private static func token(
    _ body: [UInt8], asked: Timestamp
  ) throws(OutsideError) -> AccessToken {
    guard let value = try? JSONValue.parse(body), let token = value["access_token"]?.string,
      !token.isEmpty, HTTPHeaders.isValue(token)
    else { throw TokenErrors.unreadable("the answer holds no access token") }
    let seconds = min(max(value["expires_in"]?.int ?? 0, 0), 86_400)
    // An answer that does not say how long it holds serves this one call; the next asks anew.
    return AccessToken(value: token, expiresAt: asked + .seconds(seconds))
  }
}

extension Answer {
  /// A call that was never made.
  static func unsent(
    _ error: OutsideError, endpoint: String, method: String = "", url: String = "",
    subjects: [String] = []
  ) -> Answer {
    let now = Timestamp.now()
    return Answer(
      call: CallRecord(
        id: UUIDv7.make(at: now), service: error.service, endpoint: endpoint, method: method,
        url: Redaction.url(url), startedAt: now, isSuccess: false, problem: error.message,
        correlationID: Log.correlationID ?? endpoint,
        relatedID: subjects.count == 1 ? subjects.first : nil,
        subjects: subjects.count > 1 ? subjects : []),
      result: .failure(error))
  }
}
