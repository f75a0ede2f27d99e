import Assembly
import ClusterStage
import Glibc
import Kit
import Sandbox
import Testing

extension FaultTests {
  /// The fault run as a command: short here, as long as wanted by hand.
  @Suite struct TortureTests {
    @Test("orders, kills, crashes and faults for a minute: nothing is violated")
    func shortRun() async throws {
      let folder = try Leftovers.folder("quayside-torture-test")
      defer { Folder.remove(folder) }
      let report = folder + "/report.json"
      let seed = Host.environment["QUAYSIDE_SEED"] ?? "3"
      let output = try await Program.run(
        [
          "torture", "--seed", seed, "--orders", "400", "--minutes", "1", "--json", report,
        ], ["TMPDIR": folder], deadline: .seconds(170))
      #expect(output.status == .init(code: 0), "\(output.text)\n\(output.errorText)")
      let json = try JSONValue.parse(Folder.bytes(of: report), limits: .init(bytes: 16 << 20))
      // It was not calm: a run in which nothing burnt proves nothing.
      for (name, least) in [
        ("orders", 400), ("kills", 40), ("freezes", 1), ("database_crashes", 1),
        ("faults_fired", 200), ("ships", 200), ("api_calls", 1_000),
      ] as [(String, Int64)] {
        #expect(json[name]?.int ?? -1 >= least, "\(name): \(json[name]?.rawText ?? "none")")
      }
      #expect(json["violations"]?.elements.isEmpty == true)
      #expect(json["settled"]?.bool == true)
      #expect(output.text.contains("bin/torture --seed \(seed) --orders 400"))
      // It left nothing behind.
      #expect(Folder.names(in: folder) == ["report.json"])
    }

    @Test("the same seed gives the same schedule, another seed another one")
    func schedule() {
      func acts(_ seed: UInt64, _ minutes: Int = 2) -> [FireSchedule.Event] {
        FireSchedule.events(seed: seed, workers: 3, within: .minutes(minutes))
      }
      #expect(acts(1) == acts(1))
      #expect(acts(1) != acts(2))
      // A longer fire begins as the shorter one.
      #expect(Array(acts(1, 9).filter { $0.at < .minutes(2) }) == acts(1))
      let all = acts(1)
      #expect(all.map(\.at) == all.map(\.at).sorted())
      // Written down once, so that the command of a failed run stays good for later versions.
      #expect(
        all.prefix(4).map { "\($0.at.milliseconds) \($0.act)" } == [
          "240 retry(pick: 3722)", "584 cancel(pick: 4617)", "691 retry(pick: 7812)",
          "797 kill(worker: 1)",
        ])
    }

    @Test("whatever the seed, every kind of trouble comes, and dozens of kills a minute")
    func variety() {
      for seed in 0..<50 as Range<UInt64> {
        let acts = FireSchedule.events(seed: seed, workers: 3, within: .minutes(1)).map(\.act)
        var counts: [String: Int] = [:]
        var workers: Set<Int> = []
        for act in acts {
          switch act {
          case .kill(let worker):
            counts["kill", default: 0] += 1
            workers.insert(worker)
          case .freeze(_, let lasting):
            counts["freeze", default: 0] += 1
            // The lease of a run is 3 s.
            #expect(lasting > .seconds(3))
          case .crashDatabase: counts["crash", default: 0] += 1
          case .killBackend: counts["backend", default: 0] += 1
          case .freezeOutside: counts["outage", default: 0] += 1
          case .cancel: counts["cancel", default: 0] += 1
          case .retry: counts["retry", default: 0] += 1
          }
        }
        #expect(workers == [0, 1, 2])
        #expect(counts["kill", default: 0] >= 40, "seed \(seed): \(counts)")
        #expect(counts["crash", default: 0] >= 2, "seed \(seed): \(counts)")
        #expect(Set(counts.keys).count == 7, "seed \(seed): \(counts)")
      }
    }

    @Test("orders, faults and clocks are decided by the seed, and cover what there is")
    func plan() {
      let kinds = FaultPlan.kinds(seed: 1, 0..<2_000)
      #expect(FaultPlan.kinds(seed: 1, 500..<600) == Array(kinds[500..<600]))
      #expect(FaultPlan.kinds(seed: 2, 0..<2_000) != kinds)
      let never: Set<OrderKind> = [.unknownSku, .explicit]
      #expect(Set(kinds) == Set(OrderKind.allCases).subtracting(never))
      for call in ["accept", "tracking", "ship", "create_shipment", "void"] {
        let faults = Set(FaultPlan.rules.filter { $0.call == call }.map(\.fault))
        #expect(faults.isSuperset(of: [.answerLost, .requestLost, .status, .html502]), "\(call)")
      }
      let skews = (0..<40).map { FaultPlan.skew(seed: 1, process: "worker 0", start: $0) }
      #expect(skews == (0..<40).map { FaultPlan.skew(seed: 1, process: "worker 0", start: $0) })
      #expect(skews.contains { $0 > 600 } && skews.contains { $0 < -600 } && skews.contains(0))
    }

    @Test("a wrong clock that a test sets is that process's alone: doctor finds it")
    func skewedClock() async throws {
      try await Stage.play { stage in
        let output = try await stage.run(["doctor", "--json"], ["QUAYSIDE_CLOCK_SKEW": "7200"])
        let clock = try #require(
          try JSONValue.parse(output.output).elements.first { $0["check"]?.string == "clock" })
        #expect(clock["ok"]?.bool == false)
        #expect(clock["says"]?.string?.hasPrefix("-7") == true, "\(clock.rawText)")
      }
    }
  }
}
