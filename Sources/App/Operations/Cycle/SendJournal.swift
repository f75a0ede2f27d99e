public import Kit
import Ledger
import Synchronization

/// What this worker has begun to send, in a file that outlives it.
///
/// A worker that dies after committing an intent leaves an effect in `sending`; nobody can tell from
/// the database whether its call went out. This file can: the mark is written *before* the socket is
/// touched, and the lease is checked *after* the mark. So an effect without a mark was certainly not
/// sent, even by a worker that was only paused (it will find its lease gone), and may be tried again
/// at once; one with a mark is looked up. The file is locked while its worker lives, so whoever can
/// lock it knows that the worker is dead.
///
/// Its last statement may outlive it, too: what was on its way to the database when it died can be
/// committed after somebody took over, and claim anew. So a journal stays for `orphanTime` after it was
/// taken over, and each look until then takes over what has come since.
public final class SendJournal: Sendable {
  /// Bytes of marks before the file is emptied, which happens whenever nothing is under way.
  static let bytesMax = 1 << 20
  /// How often a worker looks for the dead.
  static let lookInterval = Duration.seconds(5)
  /// As long as a statement of a dead worker can still be at work: longer than any waits for a lock.
  static let orphanTime = Duration.seconds(20)
  private static let takenMark = "taken over at "

  public let worker: String
  private let file: LockedFile
  private let state = Mutex((bytes: 0, underWay: Set<Int64>()))

  /// - Throws: `FileError` when the state folder cannot be written.
  public init(folder: String, worker: String) throws(FileError) {
    self.worker = worker
    let path = "\(folder)/\(worker).sends"
    // Locked before it has its name: another worker that looks for the dead must not find it free.
    file = try LockedFile.make(path)
  }

  /// Marks that the effect's call is about to be sent. `false` when the mark could not be written
  /// (disk full): then nothing may be sent.
  ///
  /// Half a mark may be all that there was room for; the next one is not to be read together with it, so it
  /// begins a line of its own.
  package func begin(_ effectID: Int64) -> Bool {
    let line = "\n\(effectID)\n"
    return state.withLock { state in
      guard file.append(line) else { return false }
      state.bytes += line.utf8.count
      state.underWay.insert(effectID)
      return true
    }
  }

  /// What was begun and has no committed outcome.
  var begun: [Int64] { state.withLock { Array($0.underWay) } }

  /// The outcome of the call is committed.
  func end(_ effectID: Int64) {
    state.withLock { state in
      state.underWay.remove(effectID)
      if state.underWay.isEmpty, state.bytes > Self.bytesMax, file.empty() { state.bytes = 0 }
    }
  }

  /// The worker leaves in peace: nothing is under way.
  public func close() { file.remove() }

  /// Takes over from workers on this machine that died; `wake` is called whenever something came due.
  static func takeOver(
    in folder: String, for ledger: Ledger, log: Log, wake: () -> Void
  ) async {
    await deadWorkers(in: folder) { worker, begun, isFirstLook in
      let count = try? await ledger.reclaim(from: worker, begun: begun) { freed in
        if freed > 0 { wake() }
      }
      guard let count else { return false }
      if isFirstLook || count > 0 {
        log.info(
          "took over from a worker that ended", ["from": worker, "effects": "\(count)"])
      }
      return true
    }
  }

  /// Journals of workers on this machine that died, with what they had begun to send. Each is locked
  /// while `takeOver` runs, so two workers never take over the same one; the first `true` answer marks
  /// it, one `orphanTime` later removes it.
  private static func deadWorkers(
    in folder: String,
    takeOver: (_ worker: String, _ begun: [Int64], _ isFirstLook: Bool) async -> Bool
  ) async {
    for name in Folder.names(in: folder) where name.hasSuffix(".sends") {
      guard let file = try? LockedFile.open("\(folder)/\(name)") else { continue }
      let lines = file.text.split(separator: "\n")
      let taken = lines.first { $0.hasPrefix(takenMark) }
        .flatMap { Int64($0.dropFirst(takenMark.count)) }
        .map(Timestamp.init(microseconds:))
      let worker = String(name.dropLast(".sends".count))
      guard await takeOver(worker, lines.compactMap { Int64($0) }, taken == nil) else { continue }
      let now = Timestamp.now()
      if let taken {
        // A clock that was set back would keep it for good.
        if now < taken || now > taken + orphanTime { file.remove() }
      } else {
        // Behind half a mark, too.
        _ = file.append("\n\(takenMark)\(now.microseconds)\n")
      }
    }
  }
}
