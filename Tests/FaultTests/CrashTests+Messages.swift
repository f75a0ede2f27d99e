import Kit

extension FaultTests.CrashTests {
  /// The worker dies while it answers a customer; the next start completes. Where nobody can know, a
  /// person is asked, and here says retry: the thread is read before anything is sent.
  func dieAnswering(at place: String, _ stage: Stage) async throws {
    let isLookedUp = place.hasSuffix(":unknown")
    try await stage.sandbox.dial(
      isLookedUp ? #"[{"call":"message","fault":"answer_lost","times":1}]"# : "[]")
    let thread = try await stage.sandbox.write("Where is my parcel? (\(place))")
    let pulled = try await stage.run(["pull-messages"])
    guard pulled.status.isSuccess else { throw Trouble(pulled.errorText) }
    let number = try await conversation(of: thread, stage)
    let reply = try await stage.run(["reply", number, "--text", "It ships today, at \(place)"])
    guard reply.status.isSuccess else { throw Trouble(reply.errorText) }
    let first = try stage.work(["QUAYSIDE_CRASH_AT": place, "QUAYSIDE_MESSAGES_EVERY": "0s"])
    guard let ended = await first.wait(for: .seconds(15)) else { throw Trouble("never reached") }
    guard ended == .init(signal: 9) else { throw Trouble("ended with \(ended)") }
    let second = try stage.work(["QUAYSIDE_MESSAGES_EVERY": "0s"])
    var retried = 0
    try await eventually("the answer is proved") {
      guard let message = try await stage.json(["threads", number])["messages"]?.elements.last
      else { return false }
      if message["state"]?.string == "needs_person", let id = message["number"]?.int {
        _ = try await stage.run(["reply", "--retry", "\(id)"])
        retried += 1
      }
      return message["state"]?.string == "confirmed" && message["shown"]?.bool == true
    }
    let sent = try await stage.sandbox.messages(in: thread)
    if sent != 1 { throw Trouble("the customer got \(sent) messages") }
    if retried > 0 { print("crash at \(place): a person was asked") }
    second.kill(15)
    guard await second.wait(for: .seconds(20)) == .init(code: 0) else {
      throw Trouble("the second worker did not end with 0")
    }
  }

  private func conversation(of thread: String, _ stage: Stage) async throws -> String {
    let all = try await stage.json(["threads", "--view", "all", "--limit", "1000"]).elements
    guard let number = all.first(where: { $0["thread"]?.string == thread })?["number"]?.int else {
      throw Trouble("no conversation of \(thread)")
    }
    return "\(number)"
  }
}
