import HTTP
import HTTPClient
import HTTPServer
import Testing

@Suite("Server: clients that dawdle or leave, and its own end", .timeLimit(.minutes(1)))
struct ServerTimeTests {
  @Test(
    "a client that falls silent is shown out",
    arguments: [
      "", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nX-",
      "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
    ])
  func silent(text: String) async throws {
    try await withServer(HTTPServerLimits(idleSeconds: 1), handler: echo) { server in
      let isShownOut = try await RawSocket.with(port: server.port) { socket in
        socket.send(text)
        _ = socket.receiveAll()
        return socket.isAtEnd
      }
      #expect(isShownOut)
    }
  }

  @Test(
    "a client that trickles is shown out too",
    arguments: [
      "GET / HTTP/1.1\r\nHost: x\r\n", "GET /",
      "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n",
    ])
  func trickling(start: String) async throws {
    let limits = HTTPServerLimits(idleSeconds: 1, requestSeconds: 1)
    try await withServer(limits, handler: echo) { server in
      let pieces = try await RawSocket.with(port: server.port) { socket in
        socket.send(start)
        var pieces = 0
        while pieces < 400, socket.send("x") {
          pieces += 1
          pause(milliseconds: 100)
        }
        return pieces
      }
      #expect(pieces < 400)
    }
  }

  @Test("a handler is cancelled when its client leaves")
  func clientLeaves() async throws {
    let (begun, cancelled) = (Signal(), Signal())
    let handler: HTTPServer.Handler = { _ in
      begun.fire()
      do { try await Task.sleep(for: .seconds(30)) } catch { cancelled.fire() }
      return .empty()
    }
    try await withServer(handler: handler) { server in
      try await RawSocket.with(port: server.port) { socket in
        socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while !begun.hasFired { pause(milliseconds: 5) }
      }
      #expect(await cancelled.wait())
    }
  }

  @Test("events arrive one by one, and the stream is told when the client leaves")
  func events() async throws {
    let left = Signal()
    let (stream, source) = AsyncStream.makeStream(of: [UInt8].self)
    source.onTermination = { _ in left.fire() }
    let handler: HTTPServer.Handler = { _ in .events(stream) }
    try await withServer(handler: handler) { server in
      let texts = try await RawSocket.with(port: server.port) { socket in
        socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        source.yield(Array("data: one\n\n".utf8))
        let first = socket.receive(until: "one")
        source.yield(Array("data: two\n\n".utf8))
        return [first, socket.receive(until: "two")]
      }
      #expect(texts[0].contains("Content-Type: text/event-stream"))
      #expect(texts[1].contains("data: two"))
      #expect(await left.wait())
    }
  }

  @Test("a stream that ends ends the answer, and a fast one waits for a slow client")
  func streamEnds() async throws {
    let handler: HTTPServer.Handler = { _ in
      let pieces = AsyncStream<[UInt8]> { source in
        for number in 0..<400 {
          source.yield([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 10_000))
        }
        source.finish()
      }
      return HTTPResponse(status: 200, body: .stream(pieces))
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url, connections: 1)
      for _ in 0..<3 {
        let answer = try await client.get(server.url)
        #expect(answer.body.count == 4_000_000 && answer.body.last == UInt8(399 & 255))
      }
    }
  }

  @Test("an aborted and a truncated answer are lost, and may have been acted on")
  func brokenAnswers() async throws {
    let handler: HTTPServer.Handler = { request in
      switch request.path {
      case "/abort": HTTPResponse(status: 200, body: .abort)
      case "/none": HTTPResponse(status: 200, body: .truncated([], announced: 10))
      default: HTTPResponse(status: 200, body: .truncated([1, 2, 3], announced: 10))
      }
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url)
      for path in ["/abort", "/none", "/some"] {
        let error = await client.failure(
          of: HTTPClientRequest(method: "PUT", url: server.url + path))
        #expect(error?.code == .connectionLost)
        #expect(error?.mayHaveReachedServer ?? false)
      }
    }
  }

  @Test("stopping lets the handler at work finish and its answer go out")
  func gracefulStop() async throws {
    let (begun, mayEnd) = (Signal(), Signal())
    let server = try HTTPServer.start { _ in
      begun.fire()
      _ = await mayEnd.wait()
      return .text("done")
    }
    let client = try client(for: server.url)
    async let answer = client.get(server.url)
    #expect(await begun.wait())
    async let stopped: Void = server.stop()
    let port = server.port
    let isClosed = await eventually { (try? RawSocket.connect(port: port).close()) == nil }
    #expect(isClosed)
    mayEnd.fire()
    #expect(try await answer.text == "done")
    await stopped
    let error = await client.failure(of: HTTPClientRequest(method: "GET", url: server.url))
    #expect(error?.code == .cannotConnect)
    #expect(error?.mayHaveReachedServer == false)
  }

  @Test("stopping does not wait for streams, nor for a handler that will not end")
  func hardStop() async throws {
    let (begun, streamed, mayEnd) = (Signal(), Signal(), Signal())
    let (stream, source) = AsyncStream.makeStream(of: [UInt8].self)
    let server = try HTTPServer.start { request in
      if request.path == "/stream" {
        streamed.fire()
        return .events(stream)
      }
      begun.fire()
      // Not to be cancelled, nor to keep a thread from others.
      while !mayEnd.hasFired {
        await Task.detached { try? await Task.sleep(for: .milliseconds(5)) }.value
      }
      return .empty()
    }
    let client = try client(for: server.url)
    source.yield([1])
    async let streaming = client.failure(
      of: HTTPClientRequest(method: "GET", url: server.url + "/stream"))
    async let hanging = client.failure(
      of: HTTPClientRequest(method: "GET", url: server.url + "/hang"))
    #expect(await begun.wait())
    #expect(await streamed.wait())
    await server.stop(grace: .milliseconds(100))
    #expect(await streaming?.code == .connectionLost)
    #expect(await hanging?.code == .connectionLost)
    mayEnd.fire()
  }

  @Test("a server that is let go closes its port")
  func letGo() async throws {
    let port = try HTTPServer.start(handler: echo).port
    let isClosed = await eventually { (try? RawSocket.connect(port: port).close()) == nil }
    #expect(isClosed)
  }
}
