import Glibc
import Kit
import Operations
import Testing

extension FaultTests {
  /// The worker dies at every numbered place of the cycle; the next start completes.
  @Suite struct CrashTests {
    /// How a worker comes by a place: which orders it needs, and what goes wrong outside.
    struct Way {
      var undone = 0
      var rules = "[]"
      var settings: [String: String] = [:]
      var isRefund = false
      /// The place lies behind a second send, which only a person's retry causes.
      var needsPerson = false

      init(to place: String) {
        let parts = place.split(separator: ":")
        let kind = parts[1]
        if kind == "void_label" || kind == "refund_label" { undone = 2 }
        isRefund = kind == "refund_label"
        // An account without contract cannot void.
        if isRefund { settings["QUAYSIDE_CANADAPOST_CONTRACT"] = "" }
        let calls = [
          "accept_order": "accept", "buy_label": "create_shipment", "post_tracking": "tracking",
          "mark_shipped": "ship", "void_label": "void", "refund_label": "refund",
        ]
        needsPerson = kind == "buy_label" && parts.last == "verifying"
        if needsPerson {
          rules = #"[{"call":"create_shipment","fault":"request_lost","times":3,"times_each":1}]"#
        } else if parts.last == "unknown", let call = calls[String(kind)] {
          rules = #"[{"call":"\#(call)","fault":"answer_lost","times":3,"times_each":1}]"#
        }
      }
    }

    /// An effect that only reads is looked up only when a worker's journal is lost with its machine.
    static let needsLostMachine: Set<String> = [
      "after-claim:fetch_label:unknown", "before-commit:fetch_label:unknown",
      "after-commit:fetch_label:unknown",
    ]

    /// All of them; `QUAYSIDE_PLACES` names a few when one is looked into.
    var places: [String] {
      let wanted = Host.environment["QUAYSIDE_PLACES"]?.split(separator: ",").map(String.init)
      return wanted ?? CrashPoint.places
    }

    @Test(
      "killed at every place of the cycle, the next start completes: one accept, label and ship")
    func everyPlace() async throws {
      try #require(!places.isEmpty)
      try await Stage.play { stage in
        // Some places need a catalogue; the others' orders know nothing of it.
        stage.environment["QUAYSIDE_UNKNOWN_SKU"] = "accept"
        // Keeps the private PostgreSQL up meanwhile: its recovery has a test of its own.
        let keeper = try await stage.keep()
        var troubles: [String] = []
        for place in places {
          do {
            try await die(at: place, stage)
          } catch {
            troubles.append("\(place): \(error)")
            stage.killWorkers()
          }
        }
        #expect(troubles.isEmpty, "\(troubles.joined(separator: "\n"))")
        await stage.letGo(keeper)
      }
    }

    private func die(at place: String, _ stage: Stage) async throws {
      if place.contains(":send_message") { return try await dieAnswering(at: place, stage) }
      if place.contains(":refuse_order") { return try await dieRefusing(at: place, stage) }
      if place.contains(":cancel_order") { return try await dieCancelling(at: place, stage) }
      if place.contains(":update_offer") { return try await dieTelling(at: place, stage) }
      let way = Way(to: place)
      try await stage.sandbox.dial(way.rules)
      let shipped = try await stage.sandbox.order(6)
      let undone = try await stage.sandbox.order(way.undone, ["cancelled_after_label"])
      if Self.needsLostMachine.contains(place) { try await loseMachine(stage) }
      let first = try stage.work(
        way.settings.merging(["QUAYSIDE_CRASH_AT": place]) { $1 })
      let asked = way.needsPerson ? shipped : []
      guard let ended = try await end(of: first, retrying: asked, stage) else {
        throw Trouble("never reached")
      }
      guard ended == .init(signal: 9) else { throw Trouble("ended with \(ended)") }
      let second = try stage.work(way.settings)
      let (tally, retried) = try await stage.untilEnded(
        shipped: shipped, undone: undone, retries: true)
      let faults =
        tally.faults(of: shipped) + tally.undoneFaults(of: undone, refund: way.isRefund)
      if !faults.isEmpty { throw Trouble(faults.joined(separator: "; ")) }
      if retried > 0 { print("crash at \(place): a person was asked of \(retried) orders") }
      second.kill(15)
      guard await second.wait(for: .seconds(20)) == .init(code: 0) else {
        throw Trouble("the second worker did not end with 0")
      }
    }

    /// `nil` when it still lives after 15 s.
    private func end(
      of worker: ChildProcess, retrying ids: [String], _ stage: Stage
    ) async throws -> ChildProcess.Status? {
      if ids.isEmpty { return await worker.wait(for: .seconds(15)) }
      let ends = ContinuousClock.now + .seconds(15)
      while ContinuousClock.now < ends {
        for (id, order) in try await stage.known()
        where ids.contains(id) && order.needs?.contains("the answer was lost") == true {
          _ = try await stage.run(["retry", id])
        }
        if let status = await worker.wait(for: .milliseconds(100)) { return status }
      }
      return nil
    }

    /// A worker dies with labels to fetch, and its journal is gone: its leases run out.
    private func loseMachine(_ stage: Stage) async throws {
      let worker = try stage.work([
        "QUAYSIDE_CRASH_AT": "after-claim:fetch_label:sending", "QUAYSIDE_LEASE": "1500ms",
        "QUAYSIDE_CALL_DEADLINE": "1s", "QUAYSIDE_PURCHASE_DEADLINE": "1s",
      ])
      guard await worker.wait(for: .seconds(15)) == .init(signal: 9) else {
        throw Trouble("the first worker did not reach its end")
      }
      for name in Folder.names(in: stage.state) where name.hasSuffix(".sends") {
        unlink("\(stage.state)/\(name)")
      }
    }
  }
}
