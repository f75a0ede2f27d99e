import ClusterStage
import Kit
import Testing

extension FaultTests {
  /// What people and scripts type, and what they get back.
  @Suite struct CommandLineTests {
    // MARK: Words that need no database

    static func commands() async throws -> [String] {
      let text = try await Program.run(["help"], [:]).text
      let list = text.split(separator: "Usage: quayside COMMAND [options]").last ?? ""
      return list.split(separator: "\n").prefix { $0.hasPrefix("  ") }.compactMap {
        $0.split(separator: " ").first.map(String.init)
      }
    }

    @Test("every command explains itself, and so do the settings")
    func help() async throws {
      let commands = try await Self.commands()
      for name in [
        "demo", "serve", "work", "run", "pull", "orders", "order", "effects", "retry", "void",
        "migrate", "doctor", "sandbox",
      ] {
        #expect(commands.contains(name))
      }
      for command in commands {
        for words in [[command, "--help"], ["help", command]] {
          let output = try await Program.run(words, [:])
          #expect(output.status == .init(code: 0), "\(words)")
          #expect(output.text.hasPrefix("Usage: quayside \(command)"), "\(words): \(output.text)")
          #expect(output.errorText.isEmpty)
        }
      }
      for words in [
        ["help"], ["--help"], ["-h"], ["help", "settings"], ["version"], ["--version"],
      ] {
        let output = try await Program.run(words, [:])
        #expect(output.status == .init(code: 0) && !output.text.isEmpty, "\(words)")
      }
      #expect(
        try await Program.run(["help", "settings"], [:]).text.contains("QUAYSIDE_MIRAKL_API_KEY"))
    }

    /// Help for a command that is misused besides, and with settings that are wrong.
    @Test("help is given whatever else is wrong")
    func helpAnyway() async throws {
      let output = try await Program.run(
        ["run", "--help", "--nonsense"], ["QUAYSIDE_NONSENSE": "1"])
      #expect(output.status == .init(code: 0))
      #expect(output.text.contains("Usage: quayside run"))
    }

    struct Misuse: CustomStringConvertible {
      var words: [String]
      var environment: [String: String] = [:]
      var status: Int32
      var hint: String
      var description: String { "\(environment) quayside \(words.joined(separator: " "))" }
    }

    @Test("what is not understood is refused with its status and a hint, and nothing is made")
    func misuse() async throws {
      let folder = try Leftovers.folder("quayside-fault")
      defer { Folder.remove(folder) }
      let file = folder + "/settings"
      try AtomicFile.write(
        Array("QUAYSIDE_STATE=\(folder)/state\nQUAYSIDE_POLL_EVRY=1s\n".utf8), to: file, mode: 0o600
      )
      let broken = folder + "/broken"
      try AtomicFile.write(Array("secret-without-equals-sign\n".utf8), to: broken, mode: 0o600)
      let all: [Misuse] = [
        .init(words: [], status: 2, hint: ""),
        .init(words: ["wrok"], status: 2, hint: "quayside help"),
        .init(words: ["help", "wrok"], status: 2, hint: "quayside help"),
        .init(words: ["orders", "--nosuch"], status: 2, hint: "--status"),
        .init(words: ["work", "--json"], status: 2, hint: "--no-pull"),
        .init(words: ["orders", "--limit"], status: 2, hint: "--limit N"),
        .init(words: ["orders", "--limit", "many"], status: 2, hint: "whole number"),
        .init(words: ["orders", "--limit", "0"], status: 2, hint: "from 1"),
        .init(words: ["orders", "--limit", "1", "--limit=2"], status: 2, hint: "twice"),
        .init(words: ["orders", "--json=yes"], status: 2, hint: "takes no value"),
        .init(words: ["orders", "surplus"], status: 2, hint: "usage: quayside orders"),
        .init(words: ["orders", "--status", "lost"], status: 2, hint: "quayside help orders"),
        .init(words: ["effects", "--state", "lost"], status: 2, hint: "quayside help effects"),
        .init(words: ["order"], status: 2, hint: "ORDER_ID"),
        .init(words: ["void"], status: 2, hint: "ORDER_ID"),
        .init(words: ["run", "everything"], status: 2, hint: "acceptance"),
        .init(words: ["sandbox", "--port", "99999"], status: 2, hint: "65535"),
        .init(words: ["demo", "--orders", "1"], status: 2, hint: "10"),
        .init(
          words: ["orders"], environment: ["QUAYSIDE_STAET": "x"], status: 3,
          hint: "did you mean QUAYSIDE_STATE"),
        .init(
          words: ["orders"], environment: ["QUAYSIDE_POLL_EVERY": "soon"], status: 3,
          hint: "QUAYSIDE_POLL_EVERY"),
        .init(
          words: ["orders"], environment: ["QUAYSIDE_LEASE": "1s"], status: 3,
          hint: "QUAYSIDE_LEASE"),
        .init(
          words: ["orders"], environment: ["QUAYSIDE_LISTEN": "8080"], status: 3, hint: "host:port"),
        .init(
          words: ["orders"], environment: ["QUAYSIDE_SHOPS": "a,a"], status: 3,
          hint: "QUAYSIDE_SHOPS"),
        .init(
          words: ["orders"], environment: ["QUAYSIDE_PARCEL_SIZE_MM": "big"], status: 3,
          hint: "QUAYSIDE_PARCEL_SIZE_MM"),
        .init(
          words: ["orders", "--config", file], status: 3, hint: "did you mean QUAYSIDE_POLL_EVERY"),
        .init(words: ["orders", "--config", folder + "/none"], status: 3, hint: "settings file"),
        .init(words: ["orders", "--config=" + broken], status: 3, hint: "line 1"),
        .init(
          words: ["orders"],
          environment: ["DATABASE_URL": "postgres://x:hidden-word@127.0.0.1:1/x"],
          status: 4, hint: ""),
      ]
      for one in all {
        let output = try await Program.run(
          one.words, ["QUAYSIDE_STATE": folder + "/state"].merging(one.environment) { $1 })
        #expect(output.status == .init(code: one.status), "\(one): \(output.errorText)")
        #expect((output.errorText + output.text).contains(one.hint), "\(one): \(output.errorText)")
        #expect(!(output.errorText + output.text).contains("hidden-word"), "\(one)")
        #expect(!(output.errorText + output.text).contains("secret-without"), "\(one)")
        if one.status != 4 { #expect(!Folder.exists(folder + "/state"), "\(one)") }
      }
    }

    // MARK: The database

    @Test("an empty database is refused with status 4 and `quayside migrate`, which heals it")
    func migrations() async throws {
      try await Stage.play { stage in
        let keeper = try await stage.keep()
        // A private cluster brings its schema itself.
        #expect(try await stage.run(["migrate", "--check"]).status == .init(code: 0))
        // The database `postgres` of the same server is empty.
        let url =
          "postgres:///postgres?host=\(stage.state)/postgres/socket&user=quayside"
        let outside = ["DATABASE_URL": url, "QUAYSIDE_STATE": stage.folder + "/other"]
        for words in [["serve"], ["work"], ["orders"], ["run"], ["migrate", "--check"]] {
          let output = try await stage.run(words, outside)
          #expect(output.status == .init(code: 4), "\(words): \(output.errorText)")
          #expect(output.errorText.contains("quayside migrate"), "\(words): \(output.errorText)")
        }
        let doctor = try await stage.run(["doctor"], outside)
        #expect(doctor.status == .init(code: 1))
        #expect(doctor.text.contains("quayside migrate"), "\(doctor.text)")
        // Several at once: each migration is one's work.
        let outputs = try await withThrowingTaskGroup(of: ChildProcess.Output.self) { group in
          let environment = stage.environment.merging(outside) { $1 }
          for _ in 0..<4 { group.addTask { try await Program.run(["migrate"], environment) } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outputs.count { $0.status.isSuccess } == 4, "\(outputs.map { $0.errorText })")
        for migration in ["1 foundation", "2 booking"] {
          let appliers = outputs.count {
            $0.text.hasPrefix("applied: ") && $0.text.contains(migration)
          }
          #expect(appliers == 1, "\(migration): \(outputs.map(\.text))")
        }
        let again = try await stage.run(["migrate"], outside)
        #expect(again.status.isSuccess && again.text.contains("up to date"))
        #expect(try await stage.run(["migrate", "--check"], outside).status == .init(code: 0))
        #expect(try await stage.json(["orders"], outside).elements.isEmpty)
        // A schema of its own is empty again.
        let schema = outside.merging(["QUAYSIDE_SCHEMA": "west"]) { $1 }
        #expect(try await stage.run(["orders"], schema).status == .init(code: 4))
        #expect(try await stage.run(["migrate"], schema).status == .init(code: 0))
        #expect(try await stage.run(["orders"], schema).status == .init(code: 0))
        await stage.letGo(keeper)
        // The server is away.
        let away = try await stage.run(["orders"], outside)
        #expect(away.status == .init(code: 4), "\(away.errorText)")
      }
    }

    // MARK: Secrets

    @Test("secrets are never printed, right or wrong ones")
    func secrets() async throws {
      try await Stage.play { stage in
        let keeper = try await stage.keep()
        _ = try await stage.sandbox.order(3)
        /// With wrong keys a pass works until its time is over.
        func words(seconds: Int) -> [[String]] {
          [
            ["doctor"], ["doctor", "--json"], ["pull"], ["pull", "--json"],
            ["run", "all", "--timeout", "\(seconds)"],
            ["orders", "--json"], ["effects", "--all", "--json"], ["help", "settings"], ["help"],
          ]
        }
        let right = ["sandbox-key", "sandbox-password", "sandbox-user"]
        let wrong = [
          "QUAYSIDE_MIRAKL_API_KEY": "WRONGKEYa1b2c3",
          "QUAYSIDE_CANADAPOST_USER": "WRONGUSERa1b2c3",
          "QUAYSIDE_CANADAPOST_PASSWORD": "WRONGWORDa1b2c3", "QUAYSIDE_LOG_LEVEL": "debug",
        ]
        for one in words(seconds: 60) {
          let good = try await stage.run(one, ["QUAYSIDE_LOG_LEVEL": "debug"])
          for secret in right {
            #expect(
              !(good.text + good.errorText).contains(secret),
              "\(one): \(good.text + good.errorText)")
          }
          #expect(good.status == .init(code: 0), "\(one): \(good.text + good.errorText)")
        }
        for one in words(seconds: 3) {
          let bad = try await stage.run(one, wrong)
          #expect(
            !(bad.text + bad.errorText).contains("a1b2c3"), "\(one): \(bad.text + bad.errorText)")
        }
        let doctor = try await stage.run(["doctor"], wrong)
        #expect(doctor.status == .init(code: 1))
        #expect(doctor.text.contains("BAD marketplace"), "\(doctor.text)")
        #expect(doctor.text.contains("BAD carrier"), "\(doctor.text)")
        // A misspelt key, and a wrong value of the right one.
        let misspelt = try await stage.run(
          ["orders"], ["QUAYSIDE_MIRAKL_API_KYE": "WRONGKEYa1b2c3"])
        #expect(misspelt.status == .init(code: 3))
        #expect(!misspelt.errorText.contains("a1b2c3"))
        for url in [
          "postgres://me:a1b2c3@[broken/x", "postgres://me:a1b2c3@127.0.0.1:1/x", "a1b2c3",
        ] {
          let output = try await stage.run(["orders"], ["DATABASE_URL": url])
          #expect(output.status == .init(code: 4), "\(url): \(output.status) \(output.errorText)")
          #expect(
            !(output.text + output.errorText).contains("a1b2c3"), "\(url): \(output.errorText)")
        }
        await stage.letGo(keeper)
      }
    }

    // MARK: The seeds' passes

    @Test("each pass does its own part only; `run all --wait` does the whole")
    func passes() async throws {
      try await Stage.play { stage in
        let keeper = try await stage.keep()
        let ids = try await stage.sandbox.order(5)
        func run(_ words: String...) async throws -> JSONValue {
          let answer = try await stage.json(["run"] + words)
          #expect(answer["done"]?.bool == true, "\(words): \(answer.rawText)")
          return answer
        }
        let pulled = try await run("pull")
        #expect(pulled["pulled"]?["new"]?.int == 5, "\(pulled.rawText)")
        #expect(pulled["orders"]?["pending_acceptance"]?.int == 5)
        var tally = try await stage.sandbox.tally()
        #expect(tally.count(ids) { $0.accepts > 0 } == 0)

        // Nothing to ship, nothing to track yet.
        _ = try await run("shipping", "--wait")
        _ = try await run("tracking", "--wait")
        tally = try await stage.sandbox.tally()
        #expect(tally.count(ids) { $0.accepts + $0.labelsBought + $0.ships > 0 } == 0)

        #expect(try await run("acceptance", "--wait")["orders"]?["accepted"]?.int == 5)
        tally = try await stage.sandbox.tally()
        #expect(tally.count(ids) { $0.accepts == 1 } == 5)
        #expect(tally.count(ids) { $0.labelsBought > 0 } == 0)

        #expect(try await run("shipping", "--wait")["orders"]?["label_created"]?.int == 5)
        tally = try await stage.sandbox.tally()
        #expect(tally.count(ids) { $0.labelsLive == 1 } == 5)
        #expect(tally.count(ids) { $0.ships > 0 } == 0)

        #expect(try await run("tracking", "--wait")["orders"]?["shipped"]?.int == 5)
        #expect(try await stage.sandbox.tally().faults(of: ids) == [])

        let more = try await stage.sandbox.order(7)
        let all = try await stage.run(["run", "all", "--wait"])
        #expect(all.status == .init(code: 0), "\(all.text + all.errorText)")
        #expect(all.text.contains("12 shipped"), "\(all.text)")
        #expect(try await stage.sandbox.tally().faults(of: ids + more) == [])

        // One pass ends where a wait begins.
        let slow = try await stage.sandbox.order(2)
        let once = try await stage.run(["run"], ["QUAYSIDE_WAITS": "1h"])
        #expect(once.status == .init(code: 0), "\(once.text + once.errorText)")
        tally = try await stage.sandbox.tally()
        #expect(tally.count(slow) { $0.accepts == 1 && $0.labelsBought == 0 } == 2)
        let late = try await stage.run(
          ["run", "--wait", "--timeout", "1"], ["QUAYSIDE_WAITS": "1h"])
        #expect(late.status == .init(code: 1))
        #expect(late.text.contains("quayside effects"), "\(late.text)")
        await stage.letGo(keeper)
      }
    }

    @Test("a pass tells people of what needs them before it ends")
    func notifies() async throws {
      try await Stage.play { stage in
        try await stage.sandbox.dial(#"[{"call":"create_shipment","fault":"cvc_error"}]"#)
        let id = try await stage.sandbox.order(1)[0]
        let file = stage.folder + "/told"
        let run = try await stage.run(
          ["run", "--wait"], ["QUAYSIDE_NOTIFY_COMMAND": "cat >> '\(file)'; echo >> '\(file)'"])
        let told = String(decoding: try FileBytes.read(file, limit: 10_000), as: UTF8.self)
        let failures = try told.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        #expect(failures.map { $0["order_id"]?.string } == [id], "\(run.text + run.errorText)")
        #expect(failures.first?["process_name"]?.string == "ShippingLabelCreation")
      }
    }

    // MARK: Looking after it

    @Test("the doctor finds nothing wrong where nothing is, and names what is missing")
    func doctor() async throws {
      try await Stage.play { stage in
        let output = try await stage.run(["doctor"])
        #expect(output.status == .init(code: 0), "\(output.text)")
        #expect(!output.text.contains("BAD"))
        let findings = try await stage.json(["doctor"]).elements
        #expect(findings.count >= 7)
        #expect(findings.allSatisfy { $0["ok"]?.bool == true })
        let bare = try await stage.run(
          ["doctor"], ["QUAYSIDE_MIRAKL_API_KEY": "", "QUAYSIDE_SENDER_POSTAL_CODE": "nowhere"])
        #expect(bare.status == .init(code: 1))
        #expect(bare.text.contains("QUAYSIDE_MIRAKL_API_KEY"), "\(bare.text)")
        #expect(stage.postmaster == nil)
      }
    }

    @Test("the demo ends with 0 when every order ended as it should, and leaves nothing running")
    func demo() async throws {
      let folder = try Leftovers.folder("quayside-fault")
      defer { Folder.remove(folder) }
      let output = try await Program.run(
        ["demo", "--once", "--orders", "20"],
        ["QUAYSIDE_STATE": folder, "QUAYSIDE_LISTEN": "127.0.0.1:0"], deadline: .seconds(90))
      #expect(output.status == .init(code: 0), "\(output.text)\n\(output.errorText)")
      #expect(Folder.exists(folder + "/demo/postgres/data/PG_VERSION"))
      #expect(!Folder.exists(folder + "/demo/postgres/data/postmaster.pid"))
    }
  }
}
