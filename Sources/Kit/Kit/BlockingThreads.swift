import Glibc
import Synchronization

/// A few threads for calls that block (fsync, DNS), so that the cooperative pool never does.
///
/// Jobs run in order of arrival; `close` lets what is queued finish. The threads end with the object.
public final class BlockingThreads: Sendable {
  private let shared: Shared

  public init(count: Int) {
    shared = Shared()
    for _ in 0..<count { shared.startThread() }
  }

  deinit { shared.close() }

  /// Runs `job` on one of the threads.
  public func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      shared.add { continuation.resume(returning: job()) }
    }
  }

  /// Owner of the lock and the condition; each thread holds a reference while it lives.
  private final class Shared: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [() -> Void] = []
    private var isClosed = false
    private var idle = 0
    /// A thread was woken and has not taken a job yet. It wakes the next one when there are more:
    /// jobs that come close together do not cost a wake each.
    private var isWaking = false

    init() {
      pthread_mutex_init(lock, nil)
      pthread_cond_init(wakeUp, nil)
    }

    deinit {
      pthread_cond_destroy(wakeUp)
      pthread_mutex_destroy(lock)
      wakeUp.deallocate()
      lock.deallocate()
    }

    func startThread() {
      var thread = pthread_t()
      let box = Unmanaged.passRetained(self).toOpaque()
      let failed = pthread_create(&thread, nil, runBlockingJobs, box)
      precondition(failed == 0, "no thread to be had")
      pthread_detach(thread)
    }

    func add(_ job: @escaping () -> Void) {
      pthread_mutex_lock(lock)
      jobs.append(job)
      let wakes = wakesOne()
      pthread_mutex_unlock(lock)
      if wakes { pthread_cond_signal(wakeUp) }
    }

    /// Whether the caller, who holds the lock, has to wake a thread.
    private func wakesOne() -> Bool {
      guard !jobs.isEmpty, idle > 0, !isWaking else { return false }
      isWaking = true
      return true
    }

    func close() {
      pthread_mutex_lock(lock)
      isClosed = true
      pthread_mutex_unlock(lock)
      pthread_cond_broadcast(wakeUp)
    }

    func work() {
      while true {
        pthread_mutex_lock(lock)
        while jobs.isEmpty, !isClosed {
          idle += 1
          pthread_cond_wait(wakeUp, lock)
          idle -= 1
          isWaking = false
        }
        guard !jobs.isEmpty else {
          pthread_mutex_unlock(lock)
          return
        }
        let job = jobs.removeFirst()
        let wakes = wakesOne()
        pthread_mutex_unlock(lock)
        if wakes { pthread_cond_signal(wakeUp) }
        job()
      }
    }
  }

  fileprivate static func work(_ box: UnsafeMutableRawPointer) {
    Unmanaged<Shared>.fromOpaque(box).takeRetainedValue().work()
  }
}

private func runBlockingJobs(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { BlockingThreads.work(box) }
  return nil
}
