import HTTP
import HTTPClient
import HTTPServer
import Synchronization
import Testing

@Suite("Client: deadlines, cancellation, crowds", .timeLimit(.minutes(1)))
struct ClientTimeTests {
  private static let brief = Duration.milliseconds(200)

  @Test("the deadline holds while connecting, and nothing was reached")
  func deadlineConnecting() async throws {
    // A queue of one that is full: the next handshake is left without an answer.
    let listener = try RawSocket.listener(backlog: 0)
    let fillers = [try RawSocket.connect(port: listener.port)]
    let url = "http://127.0.0.1:\(listener.port)"
    let error = try await client(for: url).failure(
      of: HTTPClientRequest(method: "PUT", url: url, deadline: Self.brief))
    #expect(error?.code == .timedOut)
    #expect(error?.mayHaveReachedServer == false)
    fillers.forEach { $0.close() }
    RawSocket(listener.descriptor).close()
  }

  @Test(
    "the deadline holds before the answer and in its middle, and the outcome is open",
    arguments: ["", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
  func deadlineAnswering(text: String) async throws {
    let mayEnd = Signal()
    let server = try RawServer { socket, _, server in
      guard server.take(socket) != nil else { return }
      socket.send(text)
      while !mayEnd.hasFired { pause(milliseconds: 5) }
    }
    // Once more with more time where a busy machine did not even begin it.
    var error: HTTPClientError?
    for seconds in [2, 8, 20] where server.requests.isEmpty {
      error = try await client(for: server.url).failure(
        of: HTTPClientRequest(method: "PUT", url: server.url, deadline: .seconds(seconds)))
    }
    #expect(error?.code == .timedOut)
    #expect(error?.mayHaveReachedServer ?? false)
    mayEnd.fire()
    server.stop()
  }

  @Test("the deadline holds while waiting for a connection, and nothing was reached")
  func deadlineWaiting() async throws {
    let (begun, mayEnd) = (Signal(), Signal())
    let handler: HTTPServer.Handler = { request in
      begun.fire()
      _ = await mayEnd.wait()
      return .text(request.path)
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url, connections: 1)
      async let first = client.get(server.url + "/first")
      #expect(await begun.wait())
      let error = await client.failure(
        of: HTTPClientRequest(method: "PUT", url: server.url + "/late", deadline: Self.brief))
      #expect(error?.code == .timedOut)
      #expect(error?.mayHaveReachedServer == false)
      mayEnd.fire()
      #expect(try await first.text == "/first")
      #expect(try await client.get(server.url + "/next").text == "/next")
    }
  }

  @Test("what gets a connection late is not begun: it would be cut off in its middle")
  func lateConnection() async throws {
    let (begun, mayEnd, seen, asked) = (Signal(), Signal(), Signal(), Signal())
    let handler: HTTPServer.Handler = { request in
      if request.path == "/late" { seen.fire() }
      begun.fire()
      _ = await mayEnd.wait()
      return .text(request.path)
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url, connections: 1)
      async let first = client.get(server.url + "/first")
      #expect(await begun.wait())
      let late = HTTPClientRequest(
        method: "PUT", url: server.url + "/late", deadline: .seconds(6))
      let second = Task {
        asked.fire()
        return await client.failure(of: late)
      }
      #expect(await asked.wait())
      // More than half of its six seconds; the connection is free with time left for an answer.
      try await Task.sleep(for: .milliseconds(4_500))
      mayEnd.fire()
      let error = await second.value
      #expect(error?.code == .timedOut)
      #expect(error?.mayHaveReachedServer == false)
      #expect(try await first.text == "/first")
      #expect(!seen.hasFired)
    }
  }

  @Test("who asked may take a request back until it has its connection, and is asked then")
  func takenBack() async throws {
    let (begun, mayEnd, asked) = (Signal(), Signal(), Signal())
    let handler: HTTPServer.Handler = { request in
      begun.fire()
      _ = await mayEnd.wait()
      return .text(request.path)
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url, connections: 1)
      let url = server.url
      async let first = client.get(url + "/first")
      #expect(await begun.wait())
      let objection = HTTPClient.Objection {
        asked.fire()
        return "too late"
      }
      let second = Task {
        await HTTPClient.$objection.withValue(objection) {
          await client.failure(of: HTTPClientRequest(method: "PUT", url: url + "/second"))
        }
      }
      try await Task.sleep(for: .milliseconds(50))
      #expect(!asked.hasFired)
      mayEnd.fire()
      let error = await second.value
      #expect(asked.hasFired)
      #expect(error?.code == .notBegun)
      #expect(error?.mayHaveReachedServer == false)
      #expect(error?.message == "too late")
      #expect(try await first.text == "/first")
      #expect(try await client.get(url + "/next").text == "/next")
    }
  }

  @Test("a deadline of nothing is over at once")
  func noTime() async throws {
    let client = try client(for: "http://127.0.0.1:1")
    let error = await client.failure(
      of: HTTPClientRequest(method: "PUT", url: "http://127.0.0.1:1", deadline: .zero))
    #expect(error?.code == .timedOut)
    #expect(error?.mayHaveReachedServer == false)
  }

  @Test("cancelling ends a call at once: under way the outcome is open, waiting it is not")
  func cancellation() async throws {
    let (begun, cancelled) = (Signal(), Signal())
    let handler: HTTPServer.Handler = { request in
      if request.path == "/quick" { return .text("quick") }
      begun.fire()
      do { try await Task.sleep(for: .seconds(20)) } catch { cancelled.fire() }
      return .empty()
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url, connections: 1)
      let url = server.url
      let underWay = Task {
        await client.failure(of: HTTPClientRequest(method: "PUT", url: url))
      }
      #expect(await begun.wait())
      let waiting = Task {
        await client.failure(of: HTTPClientRequest(method: "PUT", url: url))
      }
      try await Task.sleep(for: .milliseconds(20))
      waiting.cancel()
      let second = await waiting.value
      #expect(second?.code == .cancelled)
      #expect(second?.mayHaveReachedServer == false)
      underWay.cancel()
      let first = await underWay.value
      #expect(first?.code == .cancelled)
      #expect(first?.mayHaveReachedServer ?? false)
      #expect(await cancelled.wait())
      #expect(try await client.get(url + "/quick").text == "quick")
    }
  }

  @Test("a cancelled task sends nothing")
  func cancelledBefore() async throws {
    let server = try RawServer { socket, _, server in _ = server.take(socket) }
    let client = try client(for: server.url)
    let url = server.url
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await client.failure(of: HTTPClientRequest(method: "PUT", url: url))
    }
    task.cancel()
    let error = await task.value
    #expect(error?.code == .cancelled)
    #expect(error?.mayHaveReachedServer == false)
    #expect(server.connections == 0)
    server.stop()
  }

  @Test("a thousand calls at once share eight connections and all are answered")
  func crowd() async throws {
    let most = Mutex((now: 0, most: 0))
    let handler: HTTPServer.Handler = { request in
      most.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      await Task.yield()
      most.withLock { $0.now -= 1 }
      return .text(request.path)
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url, connections: 8)
      let url = server.url
      let right = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<1_000 {
          group.addTask {
            let answer = try? await client.get("\(url)/\(number)", deadline: .seconds(55))
            return answer?.text == "/\(number)"
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(right == 1_000)
      #expect(most.withLock { $0.most } <= 8)
    }
  }

  @Test("a thousand calls cancelled at random leave a client that works")
  func cancelledCrowd() async throws {
    try await withServer(handler: { .text($0.path) }) { server in
      let client = try client(for: server.url, connections: 8)
      let url = server.url
      let tasks = (0..<1_000).map { number in
        Task { (try? await client.get("\(url)/\(number)"))?.text }
      }
      for (number, task) in tasks.enumerated() where number % 3 == 0 { task.cancel() }
      for (number, task) in tasks.enumerated() {
        let text = await task.value
        #expect(text == "/\(number)" || number % 3 == 0 && text == nil)
      }
      #expect(try await client.get(url + "/after").text == "/after")
    }
  }

  @Test("a client that is let go finishes what is under way")
  func letGo() async throws {
    try await withServer(handler: { .text($0.path) }) { server in
      for _ in 0..<200 {
        let client = try client(for: server.url)
        #expect(try await client.get(server.url + "/x").text == "/x")
      }
    }
  }
}
