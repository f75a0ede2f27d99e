import AgentStage
import Kit
import Testing

/// The blocks of docs/booking.md, run as they stand.
@Suite("docs/booking.md", .serialized)
struct DocumentTests {
  static let deadline = Duration.seconds(120)

  /// The first block of a language below a heading.
  private func block(_ language: String, below heading: String) throws -> String {
    let bytes = Folder.bytes(of: Python.root + "/docs/booking.md")
    let page = String(decoding: bytes, as: UTF8.self)
    let section = try #require(
      page.split(separator: "\n## ").first { $0.hasPrefix(heading + "\n") })
    var (lines, inside): ([Substring], Substring?) = ([], nil)
    for line in section.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("```") else {
        if inside == language[...] { lines.append(line) }
        continue
      }
      if inside == language[...] { break }
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
        "U": stage.url, "AGENT": stage.agent, "QUAYSIDE_STATE": state,
        "DATABASE_URL": try await AgentCluster.shared.url(of: stage.configuration),
        "PATH": folder + ":" + (Host.environment["PATH"] ?? ""),
      ]), deadline: Self.deadline)
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
