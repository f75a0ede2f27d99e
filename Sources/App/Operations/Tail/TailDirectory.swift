public import BookingTail
import Google
import Kit
import Ledger
public import Push
import Synchronization

/// Where each business's rows and messages go, looked up anew for every batch: what somebody set right is
/// so with the next try.
public final class TailDirectory: Sendable {
  /// The ways that this installation has, whatever the business.
  public struct Ways: Sendable {
    public var accounts: GoogleAccounts
    /// The service account of businesses that name none of their own; its path.
    public var keyFile: String?
    /// Of messages; empty: the account's own.
    public var project: String?
    public var ntfy: NtfyClient?

    public init(
      accounts: GoogleAccounts, keyFile: String?, project: String?, ntfy: NtfyClient?
    ) {
      self.accounts = accounts
      self.keyFile = keyFile
      self.project = project
      self.ntfy = ntfy
    }
  }

  /// What stands in the way of a business's work.
  enum Obstacle: Equatable {
    /// Not wanted any more.
    case off
    /// Somebody has to set it right; the words say what.
    case unusable(String)
  }

  private let ways: Ways
  private let sheets = Mutex<[String: SheetDestination]>([:])
  private let senders = Mutex<[String: PushSender]>([:])
  private let known = Mutex<[[UInt8]: ServiceAccount]>([:])

  public init(_ ways: Ways) { self.ways = ways }

  /// What `BookingTail` asks; each business was looked up just before.
  public var destinations: TailDestinations {
    TailDestinations(
      sheet: { business in
        self.sheets.withLock { $0[business] }.map(Self.withCrashPoints)
      }, push: { business in self.senders.withLock { $0[business] } })
  }

  /// Reads where the business's work of this kind goes.
  /// - Returns: why it cannot be done; `nil` when it can.
  func look(
    _ kind: BookingEffect, of business: String, _ to: Destinations?
  ) -> Obstacle? {
    guard let to else { return .off }
    do throws(Trouble) {
      switch kind {
      case .syncSheet:
        guard to.syncsSheet else { return .off }
        let sheet = try sheet(to)
        sheets.withLock { $0[business] = sheet }
      case .sendPush:
        guard to.pushes else { return .off }
        let sender = try sender(to)
        senders.withLock { $0[business] = sender }
      }
      return nil
    } catch {
      return .unusable(error.words)
    }
  }

  private struct Trouble: Error { let words: String }

  private func sheet(_ to: Destinations) throws(Trouble) -> SheetDestination {
    guard let id = to.spreadsheetID, !id.isEmpty else {
      throw Trouble(
        words: "the business has no spreadsheet: name one with `quayside business set --sheet-id`")
    }
    return ways.accounts.sheet(of: id, named: to.sheetName, for: try account(to))
  }

  private func sender(_ to: Destinations) throws(Trouble) -> PushSender {
    guard let target = PushTarget(text: to.pushTarget ?? "") else {
      throw Trouble(
        words: "the business has nowhere to send messages to: set --push-to to ntfy:TOPIC, "
          + "fcm-topic:NAME or fcm-device:TOKEN")
    }
    switch target {
    case .ntfy(let topic):
      guard let ntfy = ways.ntfy else {
        throw Trouble(words: "no ntfy server is set up here: set QUAYSIDE_NTFY_URL")
      }
      return .ntfy(ntfy, topic: topic)
    case .fcm(let target):
      var account = try account(to)
      if let project = ways.project { account.projectID = project }
      guard !account.projectID.isEmpty else {
        throw Trouble(words: "the key file names no project: set QUAYSIDE_FCM_PROJECT")
      }
      return ways.accounts.messages(to: target, for: account)
    }
  }

  /// The business's own account, else the installation's.
  private func account(_ to: Destinations) throws(Trouble) -> ServiceAccount {
    let bytes: [UInt8]
    var own: JSONValue?
    if let text = to.credentials { own = try? JSONValue.parse(Array(text.utf8)) }
    if let text = to.credentials, own?["type"] != nil {
      bytes = Array(text.utf8)
    } else {
      guard let path = own?["file"]?.string ?? ways.keyFile else {
        throw Trouble(
          words: "there is no service account: set QUAYSIDE_GOOGLE_KEY_FILE or the business's own")
      }
      do throws(FileError) {
        bytes = try FileBytes.read(path, limit: ServiceAccount.fileBytesMax)
      } catch {
        throw Trouble(words: "the service account's key file cannot be read: \(error)")
      }
    }
    if let account = known.withLock({ $0[bytes] }) { return account }
    do throws(OutsideError) {
      let account = try ServiceAccount(file: bytes)
      known.withLock { known in
        if known.count >= 1_000 { known = [:] }
        known[bytes] = account
      }
      return account
    } catch {
      throw Trouble(words: error.message)
    }
  }

  /// A test's power cut before and after each call that writes.
  private static func withCrashPoints(_ sheet: SheetDestination) -> SheetDestination {
    var sheet = sheet
    let (append, update) = (sheet.client.append, sheet.client.batchUpdate)
    sheet.client.append = { spreadsheet, block, orders in
      CrashPoint.pass("before-append:sync_sheet")
      let answer = await append(spreadsheet, block, orders)
      CrashPoint.pass("after-append:sync_sheet")
      return answer
    }
    sheet.client.batchUpdate = { spreadsheet, blocks, orders in
      CrashPoint.pass("before-update:sync_sheet")
      let answer = await update(spreadsheet, blocks, orders)
      CrashPoint.pass("after-update:sync_sheet")
      return answer
    }
    return sheet
  }
}
