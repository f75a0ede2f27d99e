extension ChildProcess {
  public var isRunning: Bool { status == nil }

  /// - Returns: its status; `nil` when it still runs after `duration`.
  public func wait(for duration: Duration) async -> Status? {
    let ends = ContinuousClock.now + duration
    var pause = Duration.milliseconds(1)
    while true {
      if let status { return status }
      if ContinuousClock.now >= ends { return nil }
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(50))
    }
  }

  /// Asks it to end (SIGTERM), and ends it (SIGKILL) when it is still there after `patience`.
  public func stop(patience: Duration = .seconds(20)) async {
    kill(15)
    if await wait(for: patience) == nil {
      kill(9)
      _ = await wait(for: .seconds(10))
    }
  }
}
