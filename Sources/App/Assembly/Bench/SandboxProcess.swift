import HTTP
import HTTPClient
import Kit

/// The sandbox as a process of its own, controlled over HTTP.
struct SandboxProcess: Sendable {
  let url: String
  let pid: Int32
  private let child: ChildProcess
  private let http: HTTPClient

  static func start(
    in folder: String, seed: UInt64 = 1, environment: [String: String]? = nil,
    group: ChildProcess.Group = .ours, isCanned: Bool = false
  ) async throws -> SandboxProcess {
    let output = "\(folder)/sandbox-\(UUIDv7.make().text).out"
    let child = try ChildProcess.start(
      [Host.program, "sandbox", "--port", "0", "--no-group-limits", "--seed", "\(seed)"]
        + (isCanned ? ["--canned"] : []),
      .init(
        environment: environment, output: .file(output), error: .file(output), group: group))
    for _ in 0..<500 {
      let line = String(decoding: Folder.bytes(of: output), as: UTF8.self)
        .split(separator: "\n").first.map(String.init)
      if let line, let origin = Origin(url: line) {
        let http = HTTPClient(.init(allowedOrigins: [origin]))
        return SandboxProcess(url: line, pid: child.pid, child: child, http: http)
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
    await child.stop()
    throw FileError("start", "sandbox", 110)
  }

  @discardableResult
  func control(_ method: String, _ path: String, _ body: JSON?) async throws -> JSONValue? {
    let answer = try await http.send(
      HTTPClientRequest(
        method: method, url: url + path,
        headers: body == nil ? [:] : ["Content-Type": "application/json"], body: body?.bytes,
        deadline: .seconds(60), maxResponseBytes: 256 << 20))
    return try? JSONValue.parse(answer.body, limits: JSONLimits(bytes: 256 << 20))
  }

  func kill(_ signal: Int32) { child.kill(signal) }

  func stop() async { await child.stop(patience: .seconds(5)) }
}
