import Glibc

/// A program of the system that judges what the sandbox made.
enum Program {
  static func find(_ name: String) -> String? {
    ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + name }.first { access($0, X_OK) == 0 }
  }

  struct Failure: Error {}

  /// Exit status and both outputs together. The arguments are paths and flags of our own making.
  static func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
    let command = ([path] + arguments).map { "'\($0)'" }.joined(separator: " ") + " 2>&1"
    guard let pipe = popen(command, "r") else { throw Failure() }
    let output = read(pipe)
    let status = pclose(pipe)
    return ((status >> 8) & 0xff, String(decoding: output, as: UTF8.self))
  }

  static func read(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return all }
      all.append(contentsOf: buffer[..<count])
    }
  }

  static func withFile<R>(
    _ bytes: [UInt8], _ suffix: String, _ body: (String) throws -> R
  ) throws -> R {
    let path = "/tmp/quayside-\(getpid())-\(UInt64.random(in: 0...UInt64.max))\(suffix)"
    guard let file = fopen(path, "w") else { throw Failure() }
    let written = fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    defer { unlink(path) }
    guard written == bytes.count else { throw Failure() }
    return try body(path)
  }
}

/// The outside's own words, where they are at hand.
enum Fixtures {
  static let folder: String? = {
    // This file is in Tests/SandboxTests of the package.
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let given = getenv("QUAYSIDE_FIXTURES").map { String(cString: $0) }
    return [given, "/\(package)/../shared/fixtures"].compactMap { $0 }.first {
      access($0 + "/mirakl/seller-openapi.json", R_OK) == 0
    }
  }()

  static func read(_ name: String) throws -> [UInt8] {
    guard let file = fopen((folder ?? "") + "/" + name, "r") else { throw Program.Failure() }
    defer { fclose(file) }
    return Program.read(file)
  }
}
