import Glibc

/// One thread that runs one connection's work: the connection's serial executor. libpq may block it
/// as long as it likes; the cooperative pool never waits.
final class ConnectionThread: SerialExecutor, @unchecked Sendable {
  // Owner of the lock: this object. `jobs`, `isIdle` and `isClosed` are only touched with it held.
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private var isIdle = false
  private var isClosed = false

  private init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(wakeUp, nil)
  }

  deinit {
    pthread_cond_destroy(wakeUp)
    pthread_mutex_destroy(lock)
    wakeUp.deallocate()
    lock.deallocate()
  }

  /// A running thread, which holds its object until `close`; `nil` when the system has none left.
  static func start() -> ConnectionThread? {
    let made = ConnectionThread()
    return startThread(runConnectionThread, taking: made) ? made : nil
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(lock)
    jobs.append(job)
    let mustWake = isIdle
    pthread_mutex_unlock(lock)
    if mustWake { pthread_cond_signal(wakeUp) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// What is queued still runs; then the thread ends.
  func close() {
    pthread_mutex_lock(lock)
    isClosed = true
    pthread_mutex_unlock(lock)
    pthread_cond_signal(wakeUp)
  }

  fileprivate func work() {
    var batch: [UnownedJob] = []
    while true {
      pthread_mutex_lock(lock)
      while jobs.isEmpty, !isClosed {
        isIdle = true
        pthread_cond_wait(wakeUp, lock)
        isIdle = false
      }
      swap(&batch, &jobs)
      pthread_mutex_unlock(lock)
      if batch.isEmpty { return }
      for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
      batch.removeAll(keepingCapacity: true)
    }
  }
}

/// Starts a detached thread that takes over one reference to `object`.
func startThread(
  _ run: @escaping @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?,
  taking object: AnyObject
) -> Bool {
  let box = Unmanaged.passRetained(object)
  var thread = pthread_t()
  guard pthread_create(&thread, nil, run, box.toOpaque()) == 0 else {
    box.release()
    return false
  }
  pthread_detach(thread)
  return true
}

private func runConnectionThread(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<ConnectionThread>.fromOpaque(box).takeRetainedValue().work() }
  return nil
}
