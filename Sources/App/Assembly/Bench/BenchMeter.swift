import Kit
import Synchronization

/// CPU time and peak memory of those that share the machine while something is measured.
final class BenchMeter: Sendable {
  struct Usage: Sendable {
    var worker: Duration
    var postgres: Duration
    var upstream: Duration
    var workerMB: Int
    var postgresMB: Int

    static let shares: [(String, String, @Sendable (Usage) -> Duration)] = [
      ("worker", "worker", { $0.worker }), ("postgres", "PostgreSQL", { $0.postgres }),
      ("upstream", "upstream", { $0.upstream }),
    ]
  }

  static let pause = Duration.milliseconds(100)

  private let workers: [Int32?]
  private let postmaster: Int32?
  private let upstream: Int32
  private let begun: Usage
  /// Of the workers together, in bytes.
  private let peak = Mutex(0)
  private let sampler = Mutex<Task<Void, Never>?>(nil)

  /// - Parameter workers: `nil` is this process itself.
  static func start(workers: [Int32?], postmaster: Int32?, upstream: Int32) -> BenchMeter {
    let meter = BenchMeter(workers, postmaster, upstream)
    meter.sampler.withLock { $0 = Task { await meter.watch() } }
    return meter
  }

  private init(_ workers: [Int32?], _ postmaster: Int32?, _ upstream: Int32) {
    self.workers = workers
    self.postmaster = postmaster
    self.upstream = upstream
    begun = Self.cpu(workers, postmaster, upstream)
  }

  private static func cpu(
    _ workers: [Int32?], _ postmaster: Int32?, _ upstream: Int32
  ) -> Usage {
    Usage(
      worker: workers.reduce(.zero) { $0 + Host.cpuTime(of: $1) },
      postgres: postmaster.map { Host.cpuTimeOfFamily($0) } ?? .zero,
      upstream: Host.cpuTime(of: upstream), workerMB: 0, postgresMB: 0)
  }

  private func watch() async {
    while !Task.isCancelled {
      sample()
      try? await Task.sleep(for: Self.pause)
    }
  }

  private func sample() {
    let worker = workers.reduce(0) { $0 + (Host.residentBytes(of: $1) ?? 0) }
    peak.withLock { $0 = max($0, worker) }
  }

  /// While all that is watched still runs.
  func stop() async -> Usage {
    var usage = Self.cpu(workers, postmaster, upstream)
    usage.worker -= begun.worker
    usage.postgres -= begun.postgres
    usage.upstream -= begun.upstream
    let task = sampler.withLock { $0 }
    task?.cancel()
    await task?.value
    sample()
    usage.workerMB = peak.withLock { $0 } >> 20
    // Once, after the CPU was read: asking takes the kernel milliseconds a process, and it only grows.
    usage.postgresMB = (postmaster.map { Host.memoryOfFamily($0) } ?? 0) >> 20
    return usage
  }
}
