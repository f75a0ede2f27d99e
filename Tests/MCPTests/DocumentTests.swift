import AgentStage
import Booking
import ClusterStage
import Glibc
import Kit
import Testing

/// The blocks of docs/booking.md, run as they stand.
@Suite("docs/booking.md", .serialized)
struct DocumentTests {
  static let deadline = Duration.seconds(120)

  /// The first block of a language below a heading, or the one after so many others.
  private func block(
    _ language: String, below heading: String, after skipped: Int = 0
  ) throws -> String {
    let bytes = Folder.bytes(of: Python.root + "/docs/booking.md")
    let page = String(decoding: bytes, as: UTF8.self)
    let section = try #require(
      page.split(separator: "\n## ").first { $0.hasPrefix(heading + "\n") })
    var (lines, inside): ([Substring], Substring?) = ([], nil)
    var left = skipped
    for line in section.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("```") else {
        if inside == language[...], left == 0 { lines.append(line) }
        continue
      }
      if inside == language[...] {
        if left == 0 { break }
        left -= 1
      }
      inside = inside == nil ? line.dropFirst(3) : nil
    }
    try #require(!lines.isEmpty)
    return lines.joined(separator: "\n") + "\n"
  }

  private func run(
    _ stage: AgentStage, _ words: [String], _ text: String
  ) async throws -> ChildProcess.Output {
    let state = try Folder.temporary("quayside-doc")
    defer { Folder.remove(state) }
    let folder = "/" + Python.program.split(separator: "/").dropLast().joined(separator: "/")
    return try await ChildProcess.run(
      words, input: Array(text.utf8),
      environment: Python.environment([
        "U": stage.url, "AGENT": stage.agent, "STAFF": stage.staff, "QUAYSIDE_STATE": state,
        "J": "Content-Type: application/json", "A": "Authorization: Bearer " + stage.agent,
        "STATE": state,
        "DATABASE_URL": try await TestCluster.agents.url(of: stage.configuration),
        "PATH": folder + ":" + (Host.environment["PATH"] ?? ""),
      ]), deadline: Self.deadline)
  }

  private static let hasCurl = ["curl", "jq", "openssl"].allSatisfy { name in
    (Host.environment["PATH"] ?? "").split(separator: ":").contains {
      access("\($0)/\(name)", X_OK) == 0
    }
  }

  @Test("a catalogue, a person's order and an agent's by curl", .enabled(if: hasCurl))
  func byCurl() async throws {
    try await AgentStage.play { stage in
      let prices = try block("", below: "A business and its keys", after: 1)
      let person = try block("", below: "By a person")
      let agent = try block("", below: "By an agent, in seven steps")
      let script =
        prices.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n" + person + agent
      let done = try await run(stage, ["bash", "-e", "-o", "pipefail"], script)
      try #require(done.status.isSuccess, "\(done.text)\(done.errorText.suffix(3_000))")
      #expect(done.text.contains("\"source\":\"manual\""), "\(done.text)")
      #expect(done.text.contains("\"source\":\"ai\""), "\(done.text)")
      #expect(try await stage.orders() == 2)
    }
  }

  @Test("a signed yes and its evidence, with the tools of the page", .enabled(if: hasCurl))
  func bySignature() async throws {
    try await AgentStage.play({ $0.levels = LevelRule([(0, .signed)]) }) { stage in
      // What the page does before: a draft with its summary, as in the seven steps, up to the question.
      let steps = try block("", below: "By an agent, in seven steps")
      let draft = try #require(steps.split(separator: "\n# 6", maxSplits: 1).first)
      let signed = try block("", below: "What the server sees to", after: 1)
      let script = """
        cd \(Python.root)
        \(draft)
        tools/sign-mandate new > "$STATE/wallet.json" 2> "$STATE/public.json"
        curl -sfX POST $U/api/customer-keys -H "Authorization: Bearer $STAFF" -H "$J" \
          -d '{"customer_phone":"902 555 0199","public_key":'"$(cat "$STATE/public.json")"'}'
        cd "$STATE"; ln -s \(Python.root)/tools tools
        \(signed.split(separator: "\n").dropFirst().joined(separator: "\n"))
        ORDER=$(curl -sfX POST $U/api/drafts/$D/order -H "$A" -H "$J" -H 'Idempotency-Key: s' -d '{}' \
          | jq -r .order.order_id)
        \(try block("", below: "Evidence"))
        """
      let done = try await run(stage, ["bash", "-e", "-o", "pipefail"], script)
      try #require(done.status.isSuccess, "\(done.text)\(done.errorText.suffix(3_000))")
      #expect(done.text.contains("ok  order "), "\(done.text)")
      #expect(try await stage.orders() == 1)
    }
  }

  @Test("a whole booking by MCP", .enabled(if: Python.hasClient))
  func byMCP() async throws {
    try await AgentStage.play { stage in
      let done = try await run(stage, [Python.path, "-"], try block("python", below: "By MCP"))
      try #require(done.status.isSuccess, "\(done.text)\(done.errorText.suffix(3_000))")
      #expect(done.text.contains("- 2 x Green tea, 9.00 CAD"))
      #expect(done.text.contains("\nbooked ") && done.text.hasSuffix(" pending\n"), "\(done.text)")
      #expect(try await stage.orders() == 1)
    }
  }

  @Test("a whole booking by chat")
  func byChat() async throws {
    try await AgentStage.play { stage in
      let done = try await run(stage, ["bash", "-e"], try block("bash", below: "By chat"))
      try #require(done.status.isSuccess, "\(done.text)\(done.errorText.suffix(3_000))")
      #expect(try await stage.orders() == 1)
      // The page shows what was printed, but for the order's id.
      let shown = try block("", below: "By chat").split(separator: "\n").map(String.init)
      let id = /01[0-9a-f-]{34}/
      let said = done.text.replacing(id, with: "01a1...").split(separator: "\n").map(String.init)
      #expect(Array(said.dropFirst()) == shown, "\(done.text)")
    }
  }
}
