public import Google
public import HTTPClient
public import Kit
public import Push
import Synchronization

/// The service accounts that are in use, with their tokens: one account has one token of each kind,
/// however many businesses use it.
public final class GoogleAccounts: Sendable {
  private struct Slot: Hashable {
    /// With its key: knowing an account's name opens none of its tokens.
    var email: String
    var privateKey: String
    var tokenURI: String
    var scope: GoogleScope
  }

  /// Accounts beyond it push out all others: tokens are fetched anew.
  private static let keepersMax = 1_000

  private let endpoints: GoogleEndpoints
  private let http: HTTPClient
  private let surroundings: Surroundings
  private let record: @Sendable (CallRecord) async -> Void
  private let keepers = Mutex<[Slot: TokenKeeper]>([:])

  /// - Parameters:
  ///   - http: must allow `endpoints.origins`.
  ///   - record: is given every call for a token, and every call that was made again with a new one.
  public init(
    _ endpoints: GoogleEndpoints = GoogleEndpoints(), http: HTTPClient,
    surroundings: Surroundings = .live,
    record: @escaping @Sendable (CallRecord) async -> Void
  ) {
    self.endpoints = endpoints
    self.http = http
    self.surroundings = surroundings
    self.record = record
  }

  /// A sheet that was shared with the account.
  public func sheet(
    of spreadsheetID: String, named sheet: String = "Orders", for account: ServiceAccount
  ) -> SheetDestination {
    SheetDestination(
      client: .live(
        endpoints, tokens: keeper(account, .sheets), http: http, report: record),
      spreadsheetID: spreadsheetID, sheet: sheet, account: account.clientEmail)
  }

  /// Messages through the account's own project.
  public func messages(to target: FCMMessage.Target, for account: ServiceAccount) -> PushSender {
    .fcm(
      .live(
        endpoints, project: account.projectID, tokens: keeper(account, .messaging), http: http,
        report: record), to: target)
  }

  private func keeper(_ account: ServiceAccount, _ scope: GoogleScope) -> TokenKeeper {
    let slot = Slot(
      email: account.clientEmail, privateKey: account.privateKey, tokenURI: account.tokenURI,
      scope: scope)
    return keepers.withLock { keepers in
      if let known = keepers[slot] { return known }
      if keepers.count >= Self.keepersMax { keepers = [:] }
      let keeper = TokenKeeper(
        account: account, scope: scope,
        client: .live(http: http, now: surroundings.now), now: surroundings.now, report: record)
      keepers[slot] = keeper
      return keeper
    }
  }
}
