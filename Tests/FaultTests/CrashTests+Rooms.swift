import Kit

/// What no ordinary order comes by: refusing, cancelling, telling quantities.
extension FaultTests.CrashTests {
  /// The worker dies at a place of an effect that `way` brings about; the next one completes.
  private func dieAndGoOn(
    at place: String, _ settings: [String: String], _ stage: Stage,
    until isDone: () async throws -> Bool
  ) async throws {
    let first = try stage.work(settings.merging(["QUAYSIDE_CRASH_AT": place]) { $1 })
    guard let ended = await first.wait(for: .seconds(15)) else { throw Trouble("never reached") }
    guard ended == .init(signal: 9) else { throw Trouble("ended with \(ended)") }
    let second = try stage.work(settings)
    try await eventually("the next worker completes", isDone)
    second.kill(15)
    guard await second.wait(for: .seconds(20)) == .init(code: 0) else {
      throw Trouble("the second worker did not end with 0")
    }
  }

  private func dial(_ call: String, at place: String, _ stage: Stage) async throws {
    try await stage.sandbox.dial(
      place.hasSuffix(":unknown")
        ? #"[{"call":"\#(call)","fault":"answer_lost","times":3,"times_each":1}]"# : "[]")
  }

  /// The shop refuses SKUs that it does not know. Where nobody can know whether the call went out a
  /// person is asked, and here says retry.
  func dieRefusing(at place: String, _ stage: Stage) async throws {
    try await dial("accept", at: place, stage)
    let ids = try await stage.sandbox.order(4)
    try await dieAndGoOn(at: place, ["QUAYSIDE_UNKNOWN_SKU": "refuse"], stage) {
      let known = try await stage.known()
      for (id, order) in known
      where ids.contains(id) && order.needs?.contains("the answer was lost") == true {
        _ = try await stage.run(["retry", id])
      }
      return ids.allSatisfy { known[$0]?.status == "cancelled" }
    }
    let tally = try await stage.sandbox.tally()
    try expect(tally, ids) { $0.state == "REFUSED" && $0.accepts == 1 && $0.labelsBought == 0 }
  }

  /// Orders with a label are taken back by a person.
  func dieCancelling(at place: String, _ stage: Stage) async throws {
    try await stage.sandbox.dial("[]")
    // They stay where they are until they are packed, which nobody does.
    let settings = ["QUAYSIDE_SHIP_AFTER": "packing"]
    let ids = try await stage.sandbox.order(3)
    let worker = try stage.work(settings)
    try await eventually("the labels are there") {
      let known = try await stage.known()
      return ids.allSatisfy { known[$0]?.status == "label_created" }
    }
    worker.kill(15)
    _ = await worker.wait(for: .seconds(20))
    try await dial("cancel", at: place, stage)
    for id in ids {
      let told = try await stage.run(["cancel", id, "the customer asked for it"])
      guard told.status.isSuccess else { throw Trouble(told.errorText) }
    }
    try await dieAndGoOn(at: place, settings, stage) {
      let known = try await stage.known()
      let tally = try await stage.sandbox.tally()
      return ids.allSatisfy { known[$0]?.status == "cancelled" }
        && tally.count(ids, \.isUndone) == ids.count
    }
    let tally = try await stage.sandbox.tally()
    let faults = tally.undoneFaults(of: ids, refund: false)
    if !faults.isEmpty { throw Trouble(faults.joined(separator: "; ")) }
    try expect(tally, ids) { $0.cancels == 1 }
  }

  /// A shop's quantities change; the marketplace gets one file, and shows them.
  func dieTelling(at place: String, _ stage: Stage) async throws {
    try await dial("stock_import", at: place, stage)
    let sku = "LAP-T14-16-512"
    for words in [
      ["part", "RAM-8", "--name", "RAM 8 GB", "--type", "RAM"],
      ["variant", "T14-16", "--bill", "RAM-8:2"], ["map", sku, "T14-16"],
      ["receive", "RAM-8", "2"],
    ] {
      let done = try await stage.run(["stock"] + words)
      guard done.status.isSuccess else { throw Trouble(done.errorText) }
    }
    let before = try await pushes(stage).last
    let free = try await stage.json(["stock", "show", "RAM-8"])["component"]?["free"]?.int ?? -1
    let settings = ["QUAYSIDE_OFFERS": "alone", "QUAYSIDE_OFFERS_EVERY": "100ms"]
    try await dieAndGoOn(at: place, settings, stage) {
      let isSettled = try await stage.json(["effects"]).elements.isEmpty
      let shown = try await stage.sandbox.offers()[sku]
      return isSettled && shown == free / 2
    }
    let sent = try await pushes(stage).filter { $0 > before ?? "" }
    if sent.count != 1 { throw Trouble("\(sent.count) files went out: \(sent)") }
  }

  /// When the marketplace got a file of quantities.
  private func pushes(_ stage: Stage) async throws -> [String] {
    let all = try await stage.sandbox.control("GET", "requests?call=stock_import")
    return all?["requests"]?.elements.compactMap { $0["at"]?.string } ?? []
  }

  private func expect(
    _ tally: Tally, _ ids: [String], _ isExact: (Tally.Order) -> Bool
  ) throws {
    let wrong = ids.filter { tally.orders[$0].map(isExact) != true }
    let mine = tally.violations.filter { ids.contains($0.order) }
    guard wrong.isEmpty, mine.isEmpty else {
      throw Trouble("\(wrong.map { "\($0): \(tally.orders[$0].map { "\($0)" } ?? "-")" }) \(mine)")
    }
  }
}
