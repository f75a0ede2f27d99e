import Kit

/// What every benchmark is told.
struct BenchOptions: Sendable {
  let context: Context
  /// Where the private PostgreSQL and the files of the run are.
  let folder: String
  var orders: Int
  var runs: Int
  /// Where the loads and the scripts of the peers are.
  var scripts: String
  /// The prepared folder of the peers; `nil`: none are measured.
  var peers: String?
  /// How many orders lie behind, for `history`.
  var past: [Int] = []
  /// The wait before an acceptance is read back, for `waiting`.
  var wait = Duration.seconds(60)
  /// Of the worker that is killed, for `restart`.
  var lease = Duration.seconds(20)

  /// Between runs, so that whoever waits sees that it goes on.
  func say(_ words: String) { context.print(words) }
}

/// The benchmarks, by the names that the command line knows.
enum Benchmark: String, CaseIterable, Sendable {
  case cycle, waiting, history, restart, startup, scale, booking, pages

  var ordersUsual: Int {
    switch self {
    case .cycle, .scale: 20_000
    case .waiting: 100_000
    case .history: 1_000
    case .restart: 50_000
    case .startup, .booking, .pages: 0
    }
  }

  var runsUsual: Int {
    switch self {
    case .cycle, .waiting, .restart, .scale, .booking, .pages: 3
    case .history: 7
    case .startup: 20
    }
  }

  func run(_ options: BenchOptions) async throws -> BenchReport {
    switch self {
    case .cycle: try await CycleBench(options: options).run()
    case .waiting: try await WaitingBench(options: options).run()
    case .history: try await HistoryBench(options: options).run()
    case .restart: try await RestartBench(options: options).run()
    case .startup: try await StartupBench(options: options).run()
    case .scale: try await ScaleBench(options: options).run()
    case .booking, .pages: preconditionFailure("\(rawValue) is run by the command itself")
    }
  }
}
