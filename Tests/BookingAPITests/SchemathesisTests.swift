import Glibc
import Kit
import Testing

/// Schemathesis asks whatever the OpenAPI document allows, and much that it does not, and compares every
/// answer with the document.
@Suite("The OpenAPI document", .serialized)
struct SchemathesisTests {
  /// This file is in Tests/BookingAPITests of the package; `bin/setup test` installs the program there.
  static let program: String = {
    if let given = Host.environment["QUAYSIDE_SCHEMATHESIS"], !given.isEmpty { return given }
    return "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
      + "/.venv/bin/schemathesis"
  }()

  static let isThere = access(program, X_OK) == 0
  static let examples = Host.environment["QUAYSIDE_LONG"] == "1" ? 200 : 8

  @Test(
    "no answer is undocumented, whoever asks", .enabled(if: isThere), arguments: ["staff", "agent"])
  func documented(_ who: String) async throws {
    try await Stand.play { stand in
      let folder = try Folder.temporary("quayside-schemathesis")
      defer { Folder.remove(folder) }
      // Given as a file: it asks for the document, unlike for everything else, for 10 s at most.
      let document = try await stand.call("GET", "/api/openapi.json", as: nil)
      try AtomicFile.write(Array(document.text.utf8), to: folder + "/openapi.json", syncs: false)
      let done = try await ChildProcess.run(
        [
          Self.program, "run", "openapi.json", "--url", stand.url, "--request-timeout", "120", "-H",
          "Authorization: Bearer " + (who == "staff" ? stand.staff : stand.agent), "--checks",
          "not_a_server_error,status_code_conformance,content_type_conformance,"
            + "response_schema_conformance,response_headers_conformance",
          "--max-examples", "\(Self.examples)", "--phases", "examples,coverage,fuzzing",
          "--seed", Host.environment["QUAYSIDE_SEED"] ?? "1", "--suppress-health-check", "all",
          "--generation-database", "none", "--no-color",
        ], folder: folder, deadline: .seconds(900))
      #expect(done.status.isSuccess, "\(done.text.suffix(4_000))\(done.errorText)")
      #expect(done.text.contains("generated"))
    }
  }

  @Test("the document names every endpoint and every error, and the page says the same")
  func whole() async throws {
    try await Stand.play { stand in
      let document = try await stand.call("GET", "/api/openapi.json", as: nil)
      #expect(document.json?["openapi"]?.string == "3.1.0")
      let page = try await stand.call("GET", "/api/docs", as: nil)
      var count = 0
      for (path, methods) in document.json?["paths"]?.members ?? [] {
        for (method, operation) in methods.members {
          count += 1
          let shown = page.text.contains("<code>\(method.uppercased()) \(path)</code>")
          #expect(shown, "\(method) \(path)")
          #expect(operation["responses"]?["500"] != nil && operation["responses"]?["503"] != nil)
        }
      }
      #expect(count == 30)
      let codes = document.json?["components"]?["schemas"]?["Error"]?["properties"]?["error"]?[
        "properties"]?["code"]?["enum"]?.elements.compactMap(\.string)
      for code in codes ?? [] { #expect(page.text.contains("id=\"\(code)\"")) }
      #expect((codes?.count ?? 0) > 30)
    }
  }
}
