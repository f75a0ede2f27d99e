import HTTP
import HTTPClient
import HTTPServer
import Kit

/// From exec to the first request served: `quayside serve --pages-only` on a database that is there
/// and whose server runs.
struct StartupBench {
  static let limit = Duration.seconds(30)
  static let goal = 150.0

  let options: BenchOptions

  func run() async throws -> BenchReport {
    let (pages, all) = try await BenchSite.open(options) { site in
      // The first of each makes what only has to be made once.
      var pages: [Double] = []
      var all: [Double] = []
      for number in 0...options.runs {
        let alone = try await start(["serve", "--pages-only"], site)
        let working = try await start(["serve"], site)
        guard number > 0 else { continue }
        pages.append(alone)
        all.append(working)
      }
      return (pages, all)
    }
    var report = BenchReport("startup")
    let slowest = max(Figure(pages).most, Figure(all).most)
    report.facts = [
      ("runs", .int(Int64(options.runs))),
      ("median_ms", Figure.json(Figure(pages).median)), ("max_ms", Figure.json(Figure(pages).most)),
      ("goal_met", .bool(slowest <= Self.goal)),
    ]
    report.add("pages.milliseconds", "serve --pages-only: exec to the first answer", "ms", pages)
    report.add("all.milliseconds", "serve: exec to the first answer", "ms", all)
    return report
  }

  /// - Returns: milliseconds from exec until /healthz was answered with 200.
  private func start(_ words: [String], _ site: BenchSite) async throws -> Double {
    let port = try await freePort()
    var environment = Arena.ownEnvironment().merging(
      Arena.settings(url: site.upstream.url, state: site.folder)
    ) { $1 }
    environment["QUAYSIDE_LISTEN"] = "127.0.0.1:\(port)"
    let log = "\(site.folder)/startup.log"
    let url = "http://127.0.0.1:\(port)"
    guard let origin = Origin(url: url) else { throw NotFound(description: "no origin: \(url)") }
    let http = HTTPClient(.init(allowedOrigins: [origin]))
    let begun = ContinuousClock.now
    let child = try ChildProcess.start(
      [Host.program] + words,
      .init(environment: environment, output: .file(log), error: .file(log)))
    while ContinuousClock.now - begun < Self.limit, child.isRunning {
      let answer = try? await http.send(
        HTTPClientRequest(method: "GET", url: url + "/healthz", deadline: .seconds(5)))
      if answer?.status == 200 {
        let took = ContinuousClock.now - begun
        await child.stop()
        return took.seconds * 1_000
      }
      try await Task.sleep(for: .milliseconds(1))
    }
    await child.stop()
    let words = String(decoding: Folder.bytes(of: log).suffix(500), as: UTF8.self)
    throw NotFound(description: "it never answered: \(words)")
  }

  private func freePort() async throws -> Int {
    let server = try HTTPServer.start { _ in .empty(503) }
    let port = server.port
    await server.stop(grace: .zero)
    return port
  }
}
