import HTTP
import HTTPClient
import HTTPServer
import Testing

@Suite("Server: bodies", .timeLimit(.minutes(1)))
struct ServerBodyTests {
  private static let limits = HTTPServerLimits(bodyBytes: 100_000)

  @Test("a body of exactly the limit arrives whole", arguments: [0, 1, 65_536, 100_000])
  func whole(count: Int) async throws {
    try await withServer(Self.limits, handler: echo) { server in
      let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let answer = try await client(for: server.url).send(
        HTTPClientRequest(method: "POST", url: server.url, body: body))
      #expect(answer.status == 200 && answer.body == body)
    }
  }

  @Test("a longer body is answered with 413 and never reaches the handler")
  func tooLong() async throws {
    let reached = Signal()
    let handler: HTTPServer.Handler = { _ in
      reached.fire()
      return .empty()
    }
    try await withServer(Self.limits, handler: handler) { server in
      let answer = try await client(for: server.url).send(
        HTTPClientRequest(
          method: "POST", url: server.url, body: [UInt8](repeating: 7, count: 3_000_000)))
      #expect(answer.status == 413)
      #expect(!reached.hasFired)
    }
  }

  @Test("a body announced as enormous is answered with 413 before any of it is sent")
  func enormous() async throws {
    try await withServer(Self.limits, handler: echo) { server in
      let answer = try await RawSocket.exchange(
        port: server.port,
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test("chunks without end are not kept and end in 413 or a closed connection")
  func endlessChunks() async throws {
    try await withServer(Self.limits, handler: echo) { server in
      let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
      let sent = try await RawSocket.with(port: server.port) { socket in
        socket.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        var sent = 0
        while sent < 4_000, socket.send(chunk) { sent += 1 }
        return sent
      }
      #expect(sent < 1_000)
    }
  }

  @Test("chunks that end too late are answered with 413")
  func longChunks() async throws {
    try await withServer(Self.limits, handler: echo) { server in
      let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
      let answer = try await RawSocket.exchange(
        port: server.port,
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
          + chunk + chunk + chunk + "0\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test("long bodies together are bounded; short ones are taken beside them")
  func boundedTogether() async throws {
    let limits = HTTPServerLimits(bodyBytes: 1_000_000, allBodyBytes: 300_000)
    try await withServer(limits, handler: echo) { server in
      let client = try client(for: server.url)
      let post = { (count: Int) in
        try await client.send(
          HTTPClientRequest(
            method: "POST", url: server.url, body: [UInt8](repeating: 7, count: count))
        ).status
      }
      func becomes(_ status: Int) async throws -> Bool {
        for _ in 0..<200 {
          if try await post(200_000) == status { return true }
          try await Task.sleep(for: .milliseconds(10))
        }
        return false
      }
      func trickle() throws -> RawSocket {
        let socket = try RawSocket.connect(port: server.port)
        socket.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\n")
        socket.send(String(repeating: "x", count: 330_000))
        return socket
      }
      // One that meets a post under way is itself the one too many.
      var trickler = try trickle()
      for _ in 0..<10 where try await !becomes(503) {
        trickler.close()
        trickler = try trickle()
      }
      #expect(try await post(200_000) == 503)
      #expect(try await post(60_000) == 200)
      trickler.close()
      // What it held is free again.
      #expect(try await becomes(200))
    }
  }

  @Test("a chunked upload arrives whole")
  func chunked() async throws {
    try await withServer(handler: echo) { server in
      let answer = try await RawSocket.exchange(
        port: server.port,
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "4\r\nquay\r\n4\r\nside\r\n0\r\n\r\n")
      #expect(answer.hasSuffix("\r\n\r\nquayside"))
    }
  }

  @Test("a PUT that tells no length is answered with 411 where that is asked for")
  func lengthRequired() async throws {
    let limits = HTTPServerLimits(requiresLength: true)
    try await withServer(limits, handler: echo) { server in
      let bare = try await RawSocket.exchange(
        port: server.port, "PUT / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(bare.hasPrefix("HTTP/1.1 411"))
      let told = try await RawSocket.exchange(
        port: server.port,
        "PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
      #expect(told.hasPrefix("HTTP/1.1 200"))
      let answer = try await client(for: server.url).send(
        HTTPClientRequest(method: "PUT", url: server.url))
      #expect(answer.status == 200)
    }
  }
}
