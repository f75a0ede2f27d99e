public import Kit

/// Keeps one account's token of one scope: fetched once however many ask, renewed early, and
/// forgotten when a service says that it is no good.
public actor TokenKeeper {
  /// So long before its end a token is renewed.
  public static let early = Duration.minutes(5)
  /// A token that could not be renewed is used until so long before its end.
  static let rest = Duration.seconds(30)
  /// After a renewal that failed while the old token lives.
  static let pause = Duration.seconds(15)

  private let account: ServiceAccount
  private let scope: GoogleScope
  private let client: TokenClient
  private let now: @Sendable () -> Timestamp
  private let report: @Sendable (CallRecord) async -> Void
  private var held: AccessToken?
  private var notBefore: Timestamp?
  private var underWay: Task<Result<AccessToken, OutsideError>, Never>?

  /// - Parameter report: is given the record of every call for a token.
  public init(
    account: ServiceAccount, scope: GoogleScope, client: TokenClient,
    now: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
    report: @escaping @Sendable (CallRecord) async -> Void
  ) {
    self.account = account
    self.scope = scope
    self.client = client
    self.now = now
    self.report = report
  }

  /// - Throws: why there is no token; nothing was sent with it, so trying again is harmless.
  public func token() async throws(OutsideError) -> AccessToken {
    let moment = now()
    if let held {
      if held.lives(at: moment, for: Self.early) { return held }
      let lives = held.lives(at: moment, for: Self.rest)
      if lives, let notBefore, moment < notBefore { return held }
      do throws(OutsideError) {
        return try await renewed()
      } catch {
        guard lives else { throw error }
        notBefore = moment + Self.pause
        return held
      }
    }
    return try await renewed()
  }

  /// A service refused this token: the next one who asks gets a new one. Another token stays.
  public func forget(_ token: AccessToken) {
    if held == token { held = nil }
  }

  private func renewed() async throws(OutsideError) -> AccessToken {
    if let underWay { return try await underWay.value.get() }
    let task = Task { [client, account, scope, report] in
      let answer = await client.fetch(account, scope)
      await report(answer.call)
      return answer.result
    }
    underWay = task
    let result = await task.value
    underWay = nil
    if case .success(let token) = result {
      held = token
      notBefore = nil
    }
    return try result.get()
  }
}
