/// Tells when no task of this run had its turn for over a second: some code keeps all threads of Swift's pool,
/// and deadlines of tests that have nothing to do with it pass. Begins with the run's first folder.
enum PoolWatch {
  static let start: Void = {
    Task.detached {
      while true {
        let due = ContinuousClock.now + .milliseconds(200)
        try await Task.sleep(until: due, clock: .continuous)
        let late = ContinuousClock.now - due
        if late > .seconds(1) { print("PoolWatch: no task had its turn for \(late)") }
      }
    }
  }()
}
