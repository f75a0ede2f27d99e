import ClusterStage
import Glibc
import Kit
import Testing

extension FaultTests {
  /// Every benchmark, small: what it does is exact and what it writes is whole. How fast it was is
  /// nobody's business here.
  @Suite struct BenchTests {
    /// Runs one in a folder of its own, which holds the database too.
    private func bench(
      _ words: String..., deadline: Duration = .seconds(120)
    ) async throws -> JSONValue {
      let (json, text) = try await report(words, deadline: deadline)
      #expect(text.contains("WHAT") && text.contains("MEDIAN"))
      #expect(json["exact"]?.bool == true)
      return json
    }

    /// The loads of this repository.
    private static let scripts =
      "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/bench"

    private func report(
      _ words: [String], scripts: String = Self.scripts, ends status: Int32 = 0, deadline: Duration
    ) async throws -> (JSONValue, text: String) {
      let folder = try Leftovers.folder("quayside-bench-test")
      defer { Folder.remove(folder) }
      let report = folder + "/report.json"
      let output = try await Program.run(
        ["bench"] + words + ["--json", report, "--scripts", scripts],
        ["TMPDIR": folder], deadline: deadline)
      #expect(output.status == .init(code: status), "\(output.text)\n\(output.errorText)")
      let json = try JSONValue.parse(Folder.bytes(of: report), limits: .init(bytes: 16 << 20))
      #expect(json["benchmark"]?.string == words[0])
      // It left nothing behind.
      #expect(Folder.names(in: folder) == ["report.json"])
      return (json, output.text)
    }

    /// The named figures are there, each of so many runs, and none is nothing.
    private func expect(_ keys: [String], of runs: Int, in json: JSONValue) {
      for key in keys {
        let figure = json["figures"]?[key]
        #expect(figure?["runs"]?.elements.count == runs, "\(key): \(figure?.rawText ?? "none")")
        for part in ["median", "min", "max"] {
          let value = figure?[part]?.decimal.flatMap { Double($0) } ?? 0
          #expect(value > 0, "\(key): \(part)")
        }
        #expect(figure?["unit"]?.string?.isEmpty == false)
      }
    }

    @Test("the cycle against canned answers and the sandbox, with pgbench beside it")
    func cycle() async throws {
      let json = try await bench("cycle", "--orders", "300", "--runs", "2")
      for key in [
        "upstream", "orders", "runs", "orders_per_second", "worker_rss_mb", "seconds",
        "cpu_seconds", "sandbox", "ratios", "missing",
      ] {
        #expect(json[key] != nil, "\(key)")
      }
      #expect(json["shipped"]?.elements.map(\.int) == [300, 300])
      #expect(json["violations"]?.int == 0)
      #expect(json["sandbox"]?["shipped"]?.elements.map(\.int) == [300, 300])
      #expect(json["sandbox"]?["violations"]?.int == 0)
      expect(
        [
          "canned.orders_per_second", "sandbox.orders_per_second", "canned.worker_mb",
          "canned.postgres_mb", "pgbench.orders_per_second", "ratio.pgbench",
        ], of: 2, in: json)
    }

    @Test("orders inside a real wait are each validated once")
    func waiting() async throws {
      let json = try await bench("waiting", "--orders", "150", "--runs", "1", "--wait", "2")
      #expect(json["validated"]?.elements.map(\.int) == [150])
      #expect(json["violations"]?.int == 0)
      expect(["validated_after.slowest", "validated_after.median"], of: 1, in: json)
      // The wait is real: nobody is validated before it is over.
      let least = json["figures"]?["validated_after.median"]?["min"]?.decimal
      #expect(least.flatMap { Double($0) } ?? 0 >= 2)
    }

    @Test("with past orders of two sizes behind them, all new ones are shipped")
    func history() async throws {
      let json = try await bench(
        "history", "--orders", "60", "--runs", "2", "--past", "200,2000")
      #expect(json["past"]?.elements.map(\.int) == [200, 2_000])
      #expect(json["shipped"]?.elements.map(\.int) == [180, 180])
      expect(["past_200.seconds", "past_2000.seconds"], of: 2, in: json)
      expect(["ratio"], of: 1, in: json)
    }

    @Test("what a killed worker had in flight is done once by its successor")
    func restart() async throws {
      let json = try await bench("restart", "--orders", "300", "--runs", "1", "--lease", "20")
      #expect(json["in_flight"]?.elements.map(\.int) == [300, 300])
      #expect(json["exact_runs"]?.elements.map(\.bool) == [true, true])
      expect(["journal.rate", "lease.full_speed", "lease.first_outcome"], of: 1, in: json)
    }

    @Test("the pages answer after each start")
    func startup() async throws {
      let json = try await bench("startup", "--runs", "2")
      expect(["pages.milliseconds", "all.milliseconds"], of: 2, in: json)
    }

    @Test("several workers on one database do each order once, without a deadlock")
    func scale() async throws {
      let json = try await bench("scale", "--orders", "400", "--runs", "1")
      #expect(json["deadlocks"]?.int == 0)
      #expect(json["violations"]?.int == 0)
      #expect(json["shipped"]?.elements.map(\.int) == [400, 400, 400])
      expect(
        ["workers_1.orders_per_second", "workers_2.ratio", "workers_4.ratio"], of: 1, in: json)
    }

    @Test(
      "bookings under load are whole",
      .enabled(if: Folder.exists("/usr/bin/wrk"), "bin/setup bench installs wrk"))
    func booking() async throws {
      let (json, _) = try await report(
        ["booking", "--seconds", "1", "--runs", "1"], deadline: .seconds(180))
      #expect(json["errors"]?.int == 0 && json["orders_broken"]?.int == 0)
      let rates = ["bookings_per_second", "replays_per_second", "pgbench_per_second"]
      for rate in rates {
        #expect(json[rate]?.decimal.flatMap { Double($0) } ?? 0 > 0, "\(rate)")
      }
      // What was answered in the measured second is stored; one run warms up, and a hundred are replayed.
      let perSecond = json["bookings_per_second"]?.decimal.flatMap { Double($0) } ?? .infinity
      #expect(Double(json["orders_stored"]?.int ?? 0) > perSecond)
    }

    @Test(
      "a booking or a replay that was not answered as it should is counted in every run, and told",
      .enabled(if: Folder.exists("/usr/bin/wrk"), "bin/setup bench installs wrk"))
    func bookingErrors() async throws {
      let loads = try Leftovers.folder("quayside-bench-loads")
      defer { Folder.remove(loads) }
      let load = String(decoding: Folder.bytes(of: Self.scripts + "/booking.lua"), as: UTF8.self)
      // One more error than there was, in each run of replays.
      let count = "summary.errors.status))"
      #expect(load.contains(count))
      let wrong = load.replacing(count, with: "summary.errors.status + (replay and 1 or 0)))")
      try AtomicFile.write(Array(wrong.utf8), to: loads + "/booking.lua")
      try AtomicFile.write(
        Folder.bytes(of: Self.scripts + "/booking.sql"), to: loads + "/booking.sql")
      let (json, _) = try await report(
        ["booking", "--seconds", "1", "--runs", "2"], scripts: loads, ends: 1,
        deadline: .seconds(180))
      #expect(json["errors"]?.int == 2 && json["orders_broken"]?.int == 0)
    }

    @Test("every page answers over a ledger that was filled")
    func pages() async throws {
      let (json, _) = try await report(["pages", "--orders", "1000"], deadline: .seconds(300))
      let pages = json["pages"]?.elements ?? []
      #expect(pages.count > 40)
      for page in pages {
        #expect(page["status"]?.int == 200 && (page["bytes"]?.int ?? 0) > 0, "\(page.rawText)")
      }
    }

    @Test("what cannot be measured is refused with words")
    func refusals() async throws {
      for words in [["bench", "nonsense"], ["bench", "history", "--past", "0"], ["bench"]] {
        let output = try await Program.run(words, [:])
        #expect(output.status == .init(code: 2), "\(words): \(output.text)")
        #expect(!output.errorText.isEmpty)
      }
    }
  }
}
