import Kit
import Operations
import Sandbox

/// `quayside work` as a process of its own, on the database and the files of a folder.
struct WorkProcess: Sendable {
  let child: ChildProcess
  var pid: Int32 { child.pid }

  static func start(_ site: BenchSite, _ words: [String], _ more: [String: String] = [:]) throws
    -> WorkProcess
  {
    let output = "\(site.folder)/work-\(UUIDv7.make().text).log"
    return WorkProcess(
      child: try ChildProcess.start(
        [Host.program, "work"] + words,
        .init(
          environment: environment(site).merging(more) { $1 }, output: .file(output),
          error: .file(output))))
  }

  /// What `becomeBench` says, as a process of its own is told it.
  private static func environment(_ site: BenchSite) -> [String: String] {
    let settings = site.installation.settings
    return Arena.ownEnvironment().merging(
      Arena.settings(url: site.upstream.url, state: site.folder)
    ) { $1 }.merging([
      "QUAYSIDE_WAITS": "0s", "QUAYSIDE_LEASE": "120s", "QUAYSIDE_CALL_DEADLINE": "30s",
      "QUAYSIDE_PURCHASE_DEADLINE": "60s", "QUAYSIDE_POLL_EVERY": "100ms",
      "QUAYSIDE_REREAD_AFTER": "15m", "QUAYSIDE_IN_FLIGHT": "\(settings.cycle.inFlightMax)",
      "QUAYSIDE_READS": "\(settings.readsMax)",
      "QUAYSIDE_DATABASE_CONNECTIONS": "\(settings.connections)", "QUAYSIDE_LOG_LEVEL": "error",
    ]) { $1 }
  }

  func stop() async { await child.stop(patience: .seconds(10)) }

  func kill() async {
    child.kill(Signal.kill)
    _ = await child.wait()
  }
}
