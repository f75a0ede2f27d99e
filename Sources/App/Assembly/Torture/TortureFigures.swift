import Kit

/// What a run counted.
struct TortureFigures: Sendable {
  var seed: UInt64 = 0
  var ordersFed = 0
  var fire = Duration.zero
  var settling = Duration.zero
  var kills = 0
  var freezes = 0
  var databaseCrashes = 0
  var backendKills = 0
  var outages = 0
  var cancels = 0
  /// Workers that were started while the database was away, and ended for it.
  var startsInVain = 0
  /// Faults of the sandbox that fired, by name.
  var faults: [String: Int] = [:]
  /// How often the person said `retry`.
  var retries = 0
  /// How often it did so while everything still burnt.
  var hastyRetries = 0
  /// Orders by where they ended.
  var endings: [String: Int] = [:]
  /// Orders that wait for a person in the end.
  var forPeople = 0
  var acceptCalls = 0
  var ships = 0
  var labelsBought = 0
  /// More labels than one for an order, whatever became of them.
  var labelsSurplus = 0
  var labelsVoided = 0
  /// Orders with a label too many that a person was told of.
  var labelsRaised = 0
  /// Bought while the cancellation was on its way, and undone.
  var labelsForCancelled = 0
  var calls = 0
  var unreadable = 0

  var faultsFired: Int { faults.values.reduce(0, +) }

  func json(_ violations: [Judge.Violation], command: String, hasSettled: Bool) -> JSON {
    func counts(_ all: [String: Int]) -> JSON {
      .object(all.sorted { $0.key < $1.key }.map { ($0.key, .int(Int64($0.value))) })
    }
    return .object([
      ("command", .string(command)), ("seed", .int(Int64(bitPattern: seed))),
      ("orders", .int(Int64(ordersFed))), ("fire_seconds", .decimal(fire.tenths)),
      ("settling_seconds", .decimal(settling.tenths)), ("settled", .bool(hasSettled)),
      ("kills", .int(Int64(kills))), ("freezes", .int(Int64(freezes))),
      ("database_crashes", .int(Int64(databaseCrashes))),
      ("backend_kills", .int(Int64(backendKills))), ("outages", .int(Int64(outages))),
      ("cancellations", .int(Int64(cancels))), ("starts_in_vain", .int(Int64(startsInVain))),
      ("faults_fired", .int(Int64(faultsFired))),
      ("faults", counts(faults)), ("person_retries", .int(Int64(retries))),
      ("hasty_retries", .int(Int64(hastyRetries))),
      ("waiting_for_person", .int(Int64(forPeople))), ("endings", counts(endings)),
      ("accept_calls", .int(Int64(acceptCalls))), ("ships", .int(Int64(ships))),
      ("labels_bought", .int(Int64(labelsBought))), ("labels_surplus", .int(Int64(labelsSurplus))),
      ("labels_voided", .int(Int64(labelsVoided))),
      ("labels_raised", .int(Int64(labelsRaised))),
      ("labels_for_cancelled_undone", .int(Int64(labelsForCancelled))),
      ("api_calls", .int(Int64(calls))), ("unreadable_orders", .int(Int64(unreadable))),
      (
        "violations",
        .array(
          violations.map {
            .object([
              ("name", .string($0.name)), ("order", .string($0.order)),
              ("detail", .string($0.detail)),
            ])
          })
      ),
    ])
  }
}
