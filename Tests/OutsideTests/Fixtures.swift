import Kit

/// The outside's own words: descriptions, schemas and captured answers. They are no part of this
/// repository; tests that need them are skipped where they are absent.
enum Fixtures {
  static let hint = "no fixtures: set QUAYSIDE_FIXTURES, or put them at ../shared/fixtures"

  static let folder: String? = {
    // Tests/OutsideTests/Fixtures.swift
    let package = Path.folder(of: Path.folder(of: Path.folder(of: #filePath)))
    let candidates = [Host.environment["QUAYSIDE_FIXTURES"], package + "/../shared/fixtures"]
    return candidates.compactMap(\.self).first { Folder.exists($0) }
  }()

  static var areThere: Bool { folder != nil }

  static func path(_ name: String) -> String { (folder ?? "") + "/" + name }

  static func bytes(_ name: String) throws -> [UInt8] {
    try FileBytes.read(path(name), limit: 16 << 20)
  }

  /// Names of the files of a folder, sorted.
  static func names(in name: String) -> [String] { Folder.names(in: path(name)).sorted() }
}

/// libxml2's own checker, for judging our XML by the carrier's schemas.
enum XMLLint {
  static let path = ["/usr/bin/xmllint", "/usr/local/bin/xmllint"].first { Folder.exists($0) }
  static let hint = "no xmllint (package libxml2-utils)"
  static var isThere: Bool { path != nil }

  /// - Returns: `nil` when the schema takes it, else what it says.
  static func problem(_ xml: [UInt8], schema: String) async throws -> String? {
    let schema = Fixtures.path("canada-post/xsd/\(schema)")
    let output = try await ChildProcess.run(
      [path ?? "xmllint", "--noout", "--nonet", "--schema", schema, "-"], input: xml,
      deadline: .seconds(30))
    return output.errorText.contains("- validates") ? nil : output.errorText
  }
}
