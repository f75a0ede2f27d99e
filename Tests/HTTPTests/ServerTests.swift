import HTTP
import HTTPClient
import HTTPServer
import Testing

@Suite("Server", .timeLimit(.minutes(1)))
struct ServerTests {
  @Test("a connection is kept for the next request")
  func keepAlive() async throws {
    try await withServer(handler: { .text($0.target) }) { server in
      let port = server.port
      let (first, second) = try await RawSocket.with(port: port) { socket in
        socket.send("GET /one?a=b HTTP/1.1\r\nHost: x\r\n\r\n")
        let first = socket.receive(until: "/one?a=b")
        socket.send("GET /two HTTP/1.1\r\nHost: x\r\n\r\n")
        return (first, socket.receive(until: "/two"))
      }
      #expect(first.hasSuffix("\r\n\r\n/one?a=b"))
      #expect(second.hasPrefix("HTTP/1.1 200") && second.hasSuffix("\r\n\r\n/two"))
    }
  }

  @Test("a handler sees method, path, query, headers, body and address")
  func request() async throws {
    let handler: HTTPServer.Handler = { request in
      .text(
        "\(request.method) \(request.path) \(request.query("q") ?? "-") "
          + "\(request.headers["x-a"] ?? "-") \(request.body.count) \(request.remoteAddress)")
    }
    try await withServer(handler: handler) { server in
      let answer = try await client(for: server.url).send(
        HTTPClientRequest(
          method: "PATCH", url: server.url + "/a%20b?q=1%2B1", headers: ["X-A": "yes"],
          body: [1, 2, 3]))
      #expect(answer.text == "PATCH /a b 1+1 yes 3 127.0.0.1")
    }
  }

  @Test("what is quick is answered at once, in its order; the rest goes to the handler")
  func quick() async throws {
    let server = try HTTPServer.start(
      quick: { $0.path == "/quick" ? .text("[quick \($0.body.count)]") : nil },
      handler: { .text("[\($0.path) \($0.body.count)]") })
    let answer = try await RawSocket.exchange(
      port: server.port,
      "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        + "POST /quick HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nde"
        + "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n"
        + "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    let found = answer.matches(of: /\[[^\]]*\]/).map { String($0.output) }
    #expect(found == ["[/slow 3]", "[quick 2]", "[quick 0]", "[/last 0]"])
    await server.stop(grace: .zero)
  }

  @Test("pipelined requests are answered in their order, and garbage behind them with 400")
  func pipelining() async throws {
    let handler: HTTPServer.Handler = { request in
      if request.path == "/slow" { try? await Task.sleep(for: .milliseconds(50)) }
      return .text("[\(request.path)]")
    }
    try await withServer(handler: handler) { server in
      let answer = try await RawSocket.exchange(
        port: server.port,
        "GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /fast HTTP/1.1\r\nHost: x\r\n\r\n"
          + "\u{1}\u{2} nonsense\r\n\r\n\r\n")
      let slow = try #require(answer.firstRange(of: "[/slow]"))
      let fast = try #require(answer.firstRange(of: "[/fast]"))
      #expect(slow.upperBound < fast.lowerBound)
      #expect(answer[fast.upperBound...].contains(" 400 "))
      let next = try await client(for: server.url).get(server.url + "/alive")
      #expect(next.text == "[/alive]")
    }
  }

  @Test(
    "nonsense never reaches the handler",
    arguments: [
      "\r\n\r\n\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    ])
  func nonsense(text: String) async throws {
    let reached = Signal()
    let handler: HTTPServer.Handler = { _ in
      reached.fire()
      return .empty()
    }
    try await withServer(HTTPServerLimits(idleSeconds: 1), handler: handler) { server in
      let answer = try await RawSocket.exchange(port: server.port, text)
      #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
      #expect(!reached.hasFired)
    }
  }

  @Test("a head over the limit is refused")
  func longHead() async throws {
    try await withServer(HTTPServerLimits(headerBytes: 4_096), handler: echo) { server in
      let long = String(repeating: "x", count: 10_000)
      let answer = try await RawSocket.exchange(
        port: server.port, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: \(long)\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 431") || answer.hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test("an answer that could smuggle a header in, or has no real status, becomes a bare 500")
  func injection() async throws {
    let handler: HTTPServer.Handler = { request in
      switch request.path {
      case "/value":
        HTTPResponse(status: 200, headers: ["Location": "/a\r\nSet-Cookie: b=c"])
      case "/name": HTTPResponse(status: 200, headers: ["A: b\r\nSet-Cookie": "b=c"])
      default: HTTPResponse(status: 99)
      }
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url)
      for path in ["/value", "/name", "/status"] {
        let answer = try await client.get(server.url + path)
        #expect(answer.status == 500)
        #expect(answer.headers["Set-Cookie"] == nil)
      }
    }
  }

  @Test("HEAD and 204 are answered without a body, on a connection that lives on")
  func bodiless() async throws {
    let handler: HTTPServer.Handler = { request in
      request.path == "/empty" ? .empty() : .text("four")
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url, connections: 1)
      let head = try await client.send(HTTPClientRequest(method: "HEAD", url: server.url + "/x"))
      #expect(head.status == 200 && head.body.isEmpty)
      #expect(head.headers["content-length"] == "4")
      let empty = try await client.get(server.url + "/empty")
      #expect(empty.status == 204 && empty.body.isEmpty)
      #expect(try await client.get(server.url + "/x").text == "four")
    }
  }

  @Test("a port that is taken is an error that says so")
  func takenPort() async throws {
    try await withServer(handler: echo) { server in
      let error = #expect(throws: HTTPServerError.self) {
        try HTTPServer.start(port: server.port, handler: echo)
      }
      #expect(error?.description.contains("Address already in use") ?? false)
      #expect(throws: HTTPServerError.self) {
        try HTTPServer.start(host: "not a host", handler: echo)
      }
    }
  }

  @Test("it listens on IPv6 too")
  func versionSix() async throws {
    let server = try HTTPServer.start(host: "::1", handler: { .text($0.remoteAddress) })
    let url = "http://[::1]:\(server.port)/"
    #expect(try await client(for: url).get(url).text == "::1")
    await server.stop()
  }
}
