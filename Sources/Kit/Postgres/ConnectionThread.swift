import Glibc
import Kit

/// One thread that runs one connection's work: the connection's serial executor. libpq may block it
/// as long as it likes; the cooperative pool never waits.
final class ConnectionThread: SerialExecutor, @unchecked Sendable {
  // `jobs` and `isClosed` are only touched with `lock` held.
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private var isClosed = false

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

  /// The thread holds this object until `close`.
  func start() {
    var thread = pthread_t()
    let failed = pthread_create(&thread, nil, runConnectionThread, Unmanaged.passRetained(self).toOpaque())
    precondition(failed == 0, "no thread to be had")
    pthread_detach(thread)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(lock)
    jobs.append(job)
    pthread_mutex_unlock(lock)
    pthread_cond_signal(wakeUp)
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// What is queued still runs.
  func close() {
    pthread_mutex_lock(lock)
    isClosed = true
    pthread_mutex_unlock(lock)
    pthread_cond_signal(wakeUp)
  }

  fileprivate func work() {
    while true {
      pthread_mutex_lock(lock)
      while jobs.isEmpty, !isClosed { pthread_cond_wait(wakeUp, lock) }
      let batch = jobs
      jobs.removeAll(keepingCapacity: true)
      pthread_mutex_unlock(lock)
      if batch.isEmpty { return }
      for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
  }
}

private func runConnectionThread(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<ConnectionThread>.fromOpaque(box).takeRetainedValue().work() }
  return nil
}
