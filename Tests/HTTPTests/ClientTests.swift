import HTTP
import HTTPClient
import HTTPServer
import Synchronization
import Testing

@Suite("Client", .timeLimit(.minutes(1)))
struct ClientTests {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  @Test(
    "a request is never sent twice behind our back", arguments: [nil, "a body"], [false, true])
  func noHiddenResend(body: String?, serverDies: Bool) async throws {
    let server = try RawServer { socket, number, server in
      guard server.take(socket) != nil else { return }
      socket.send(Self.ok)
      guard number == 0, server.take(socket) != nil else { return }
      if serverDies { server.stop() }
    }
    let client = try client(for: server.url, connections: 1)
    let first = try await client.get(server.url + "/first")
    #expect(first.text == "ok")
    let error = await client.failure(
      of: HTTPClientRequest(
        method: body == nil ? "GET" : "PUT", url: server.url + "/second",
        body: body.map { Array($0.utf8) }))
    #expect(error?.code == .connectionLost)
    #expect(error?.mayHaveReachedServer ?? false)
    #expect(server.requests.count { $0.contains("/second") } == 1)
    if !serverDies { server.stop() }
  }

  @Test("a kept-alive connection that was closed in peace is replaced without a word")
  func closedInPeace() async throws {
    let server = try RawServer { socket, _, server in
      if server.take(socket) != nil { socket.send(Self.ok) }
    }
    let client = try client(for: server.url)
    for number in 1...5 {
      #expect(try await client.get(server.url).text == "ok")
      #expect(await eventually { server.closed == number })
    }
    #expect(server.requests.count == 5)
    server.stop()
  }

  @Test("a redirect is an answer: nothing goes elsewhere, least of all the key")
  func redirect() async throws {
    let elsewhere = try RawServer { socket, _, server in _ = server.take(socket) }
    let target = elsewhere.url
    let handler: HTTPServer.Handler = { _ in
      HTTPResponse(status: 302, headers: ["Location": target + "/steal"])
    }
    try await withServer(handler: handler) { server in
      let answer = try await client(for: server.url, elsewhere.url).send(
        HTTPClientRequest(method: "GET", url: server.url, headers: ["Authorization": "secret"]))
      #expect(answer.status == 302)
      #expect(answer.headers["location"] == target + "/steal")
    }
    #expect(elsewhere.connections == 0)
    elsewhere.stop()
  }

  @Test("an origin that is not on the list is refused before anything is opened")
  func allowList() async throws {
    let server = try RawServer { socket, _, server in _ = server.take(socket) }
    let client = try client(for: "http://127.0.0.1:1")
    let error = await client.failure(of: HTTPClientRequest(method: "GET", url: server.url))
    #expect(error?.code == .originNotAllowed)
    #expect(error?.mayHaveReachedServer == false)
    #expect(server.connections == 0)
    server.stop()
  }

  @Test("nothing that was smuggled in is sent")
  func injection() async throws {
    let server = try RawServer { socket, _, server in _ = server.take(socket) }
    let client = try client(for: server.url)
    let requests = [
      HTTPClientRequest(method: "GET", url: server.url, headers: ["X-A": "a\r\nX-B: b"]),
      HTTPClientRequest(method: "GET", url: server.url, headers: ["X-A\r\nX-B": "b"]),
      HTTPClientRequest(method: "GET", url: server.url, headers: ["X-A": "a\0b"]),
      HTTPClientRequest(method: "GET", url: server.url, headers: ["Host": "elsewhere"]),
      HTTPClientRequest(method: "GET", url: server.url, headers: ["content-length": "5"]),
      HTTPClientRequest(method: "GET / HTTP/1.1\r\nX-B: b\r\n\r\nGET", url: server.url),
      HTTPClientRequest(method: "GET", url: server.url + "/a b"),
      HTTPClientRequest(method: "GET", url: server.url + "/\r\nX-B: b"),
      HTTPClientRequest(method: "GET", url: server.url + "/é"),
    ]
    for request in requests {
      let error = await client.failure(of: request)
      #expect(error?.code == .invalidRequest || error?.code == .invalidURL)
      #expect(error?.mayHaveReachedServer == false)
    }
    #expect(server.connections == 0)
    server.stop()
  }

  @Test("a request says what it is and no more", arguments: ["PUT", "POST", "PATCH"])
  func wire(method: String) async throws {
    let server = try RawServer { socket, _, server in
      guard server.take(socket) != nil else { return }
      socket.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    }
    let client = try client(for: server.url)
    let bare = try await client.send(
      HTTPClientRequest(method: method, url: server.url + "/a/../b%2Fc?d", headers: ["X-E": ""]))
    #expect(bare.status == 204)
    let large = [UInt8](repeating: 65, count: 2_000_000)
    _ = try await client.send(HTTPClientRequest(method: method, url: server.url, body: large))
    let heads = server.requests.map { $0.prefix(400) }
    #expect(heads[0].hasPrefix("\(method) /a/../b%2Fc?d HTTP/1.1\r\n"))
    #expect(heads[0].contains("\r\nContent-Length: 0\r\n"))
    #expect(heads[0].contains("\r\nX-E:"))
    #expect(heads[1].contains("\r\nContent-Length: 2000000\r\n"))
    for head in heads {
      #expect(!head.contains("Expect"))
      #expect(!head.contains("Content-Type"))
      #expect(head.contains("\r\nUser-Agent: Quayside\r\n"))
    }
    server.stop()
  }

  @Test("nobody listening, no such name, no TLS: certainly not reached")
  func notReached() async throws {
    let closed = try RawSocket.listener(backlog: nil)
    defer { RawSocket(closed.descriptor).close() }
    let refused = "http://127.0.0.1:\(closed.port)"
    let plain = try RawServer { socket, _, _ in
      _ = socket.receive()
      socket.send("not TLS at all\r\n\r\n")
    }
    let secure = "https://127.0.0.1:\(plain.port)"
    let nowhere = "http://quayside-test.invalid"
    let client = try client(for: refused, secure, nowhere)
    for (url, code) in [
      (refused, HTTPClientError.Code.cannotConnect), (secure, .tls), (nowhere, .nameNotFound),
    ] {
      let error = await client.failure(of: HTTPClientRequest(method: "PUT", url: url))
      #expect(error?.code == code)
      #expect(error?.mayHaveReachedServer == false)
    }
    plain.stop()
  }

  @Test(
    "an answer that is none leaves the outcome open",
    arguments: [
      "", "HTTP/1.1", "220 smtp.example.com\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
    ])
  func noAnswer(text: String) async throws {
    let server = try RawServer { socket, _, server in
      if server.take(socket) != nil { socket.send(text) }
    }
    let error = try await client(for: server.url).failure(
      of: HTTPClientRequest(method: "PUT", url: server.url))
    #expect(error?.code == .connectionLost)
    #expect(error?.mayHaveReachedServer ?? false)
    server.stop()
  }

  @Test("an answer over the limit is refused, announced or not")
  func responseLimit() async throws {
    let handler: HTTPServer.Handler = { request in
      guard request.path == "/stream" else {
        return .bytes([UInt8](repeating: 1, count: 5_000), type: "a/b")
      }
      let pieces = AsyncStream<[UInt8]> { source in
        for _ in 0..<5 { source.yield([UInt8](repeating: 1, count: 1_000)) }
        source.finish()
      }
      return HTTPResponse(status: 200, body: .stream(pieces))
    }
    try await withServer(handler: handler) { server in
      let client = try client(for: server.url)
      for path in ["/bytes", "/stream"] {
        var request = HTTPClientRequest(
          method: "GET", url: server.url + path, maxResponseBytes: 5_000)
        #expect(try await client.send(request).body.count == 5_000)
        request.maxResponseBytes = 4_999
        let error = await client.failure(of: request)
        #expect(error?.code == .responseTooLarge)
        #expect(error?.mayHaveReachedServer ?? false)
      }
    }
  }
}
