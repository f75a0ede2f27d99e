import Kit
public import Packing
public import Postgres

extension Ledger {
  /// Takes one event of a packer: locks the order, decides with the pure session, writes the session,
  /// the log and what was booked, commits. Repeating it is safe, whoever repeats: an event that was
  /// taken is found under its number, with its answer.
  ///
  /// - Parameter mode: how strict the bench of a shop is.
  /// - Throws: `PostgresError` when the database stayed away longer than its patience.
  public func pack(
    _ request: PackingRequest, mode: @Sendable (_ shopID: String) -> PackingMode
  ) async throws(PostgresError) -> PackingReply {
    let patienceEnds = ContinuousClock.now + limits.queryDeadline
    var delay = Duration.milliseconds(20)
    var tries = PackingTries()
    while true {
      do throws(PostgresError) {
        let reply = try await pool.withConnection(deadline: limits.queryDeadline) {
          (connection) async throws(PostgresError) -> PackingReply in
          do throws(PostgresError) {
            guard let session = request.session else {
              return try await open(request, on: connection)
            }
            return try await pack(request, in: session, mode: mode, &tries, on: connection)
          } catch {
            try? await connection.script("rollback", deadline: limits.queryDeadline)
            throw error
          }
        }
        return tries.completed(reply)
      } catch {
        noteTrouble(error)
        tries.note(error)
        // 23505: the same event, the same order or the same serial number at the same moment. Next
        // time the other one is seen.
        guard error.isWorthRepeating || error.sqlState == "23505",
          ContinuousClock.now < patienceEnds, !Task.isCancelled
        else { throw error }
        try? await Task.sleep(for: delay)
        delay = min(delay * 2, .seconds(1))
      }
    }
  }

  private func pack(
    _ request: PackingRequest, in id: UUIDv7, mode: @Sendable (String) -> PackingMode,
    _ tries: inout PackingTries, on connection: PostgresConnection
  ) async throws(PostgresError) -> PackingReply {
    let meant = FindMeanings(request.scan)
    var batch = PostgresBatch()
    _ = batch.add(Begin())
    let locks = batch.add(LockSessionsOrder(session: id))
    let answers = batch.add(ReadPackingAnswer(request: request))
    let sessions = batch.add(ReadPackingSessions(session: id, orderID: nil))
    let standings = batch.add(ReadStanding(orderID: nil, session: id))
    let meanings = batch.add(meant)
    let serials = batch.add(FindSerials(request.scan, session: id))
    let clockKey = batch.add(ReadClock(now: clock()))
    let results = try await connection.run(batch, deadline: limits.queryDeadline)
    if let known = try results[answers].first {
      return try await repeated(known, request, connection)
    }
    guard try !results[locks].isEmpty, let row = try results[sessions].first,
      let standing = try results[standings].first
    else {
      try await connection.script("rollback", deadline: limits.queryDeadline)
      return .noSuchSession
    }
    let before = row.session
    var around = PackingSurroundings(
      mode: mode(standing.shopID), standing: standing.standing,
      meanings: meant.sorted(try results[meanings]))
    if let serial = before.serial(in: request.event),
      let place = try results[serials].first(where: { $0.serial == serial })
    {
      around.serialOwner = place.orderID
      around.hasSerialLeft = place.hasLeft
    }
    around.isSerialTaken = tries.isSerialTaken
    var after = before
    let verdict = after.take(request.event, by: request.actor, around)
    let change = PackingChange(
      request: request, outcome: verdict.outcome, before: before, after: after,
      shopID: standing.shopID, bookings: verdict.bookings,
      now: try results[clockKey].first ?? .now())
    tries.sent = change
    return try await write(change, on: connection)
  }

  func repeated(
    _ known: ReadPackingAnswer.Row, _ request: PackingRequest, _ connection: PostgresConnection
  ) async throws(PostgresError) -> PackingReply {
    try await connection.script("rollback", deadline: limits.queryDeadline)
    guard known.kind == request.event.kind, known.text == Plain.text(request.text),
      request.session == nil || known.session == request.session
    else { return .reused }
    return .answered(answer: known.answer, isReplay: true, PackingReply.Sequel())
  }

  /// Writes everything of one event and commits.
  func write(
    _ change: PackingChange, on connection: PostgresConnection
  ) async throws(PostgresError) -> PackingReply {
    var batch = PostgresBatch()
    change.add(to: &batch)
    _ = batch.add(Commit())
    _ = try await connection.run(batch, deadline: limits.queryDeadline)
    return .answered(answer: change.answer.bytes, isReplay: false, change.sequel)
  }
}

/// What came of the tries of one call so far.
struct PackingTries {
  /// What the present try wants to be committed.
  var sent: PackingChange?
  /// What an earlier one may have committed although it did not hear so.
  private var unheard: PackingChange?
  private var clashes = 0

  /// The serial number was refused twice. The second try would have seen who took it at the same moment,
  /// so the third would be refused like it, while every scan behind this one waits.
  var isSerialTaken: Bool { clashes > 1 }

  mutating func note(_ error: PostgresError) {
    if error.commitMayHaveHappened, let sent { unheard = sent }
    if error.sqlState == "23505", error.constraint == "packing_serials_out" { clashes += 1 }
    sent = nil
  }

  /// What an earlier try of this call committed is no replay: what follows it is still to be done.
  func completed(_ reply: PackingReply) -> PackingReply {
    guard case .answered(let answer, true, _) = reply, let unheard,
      unheard.answer.bytes == answer
    else { return reply }
    return .answered(answer: answer, isReplay: false, unheard.sequel)
  }
}
