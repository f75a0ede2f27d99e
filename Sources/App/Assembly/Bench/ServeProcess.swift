import HTTPClient
import Kit

/// `quayside serve` as a process of its own, on the database of its folder.
struct ServeProcess: Sendable {
  let url: String
  let pid: Int32
  private let child: ChildProcess

  static func start(in folder: String) async throws -> ServeProcess {
    let output = "\(folder)/serve-\(UUIDv7.make().text).out"
    var environment = Host.environment.filter {
      !$0.key.hasPrefix("QUAYSIDE_") && $0.key != "DATABASE_URL"
    }
    environment["QUAYSIDE_STATE"] = folder
    environment["QUAYSIDE_LISTEN"] = "127.0.0.1:0"
    environment["QUAYSIDE_LOG_LEVEL"] = "warning"
    let child = try ChildProcess.start(
      [Host.program, "serve", "--pages-only"],
      .init(environment: environment, output: .file(output), error: .file(output + ".log")))
    for _ in 0..<3_000 {
      let line = String(decoding: Folder.bytes(of: output), as: UTF8.self)
        .split(separator: "\n").first.map(String.init)
      if let line, Origin(url: line) != nil {
        let url = line.hasSuffix("/") ? String(line.dropLast()) : line
        return ServeProcess(url: url, pid: child.pid, child: child)
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
    await child.stop()
    throw FileError("start", "serve", 110)
  }

  func stop() async { await child.stop(patience: .seconds(5)) }
}
