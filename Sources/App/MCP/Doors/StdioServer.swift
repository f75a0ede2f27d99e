public import Bookings
public import HTTPClient
import Kit

/// The same tools on standard input and output, a message a line: for a client that starts its server as
/// a child. Both eras on one pipe, told apart message by message.
public struct StdioServer: Sendable {
  /// Requests that are worked on at once; the next line waits.
  static let underWayMax = 32

  /// A line of the input.
  public enum Line: Sendable {
    case bytes([UInt8])
    /// Longer than a message may be; it was skipped.
    case tooLong
  }

  /// Of a line.
  public static let lineBytesMax = RPCMessage.limits.bytes

  private let toolbox: Toolbox
  private let version: String

  /// Tools over a database of our own.
  ///
  /// - Parameter secret: the API key, looked up anew so often that a revoked one does not live on.
  public init(service: BookingService, secret: String, version: String) {
    toolbox = .bookings(service, secret: secret)
    self.version = version
  }

  /// Tools of a server somewhere else.
  ///
  /// - Parameter url: of its `/mcp`.
  public init(url: String, secret: String, http: HTTPClient, version: String) {
    toolbox = .remote(url, secret: secret, http: http, version: version)
    self.version = version
  }

  /// Serves until the input ends.
  public func run(
    next: @Sendable () async -> Line?, write: @escaping @Sendable ([UInt8]) async -> Void
  ) async {
    let talk = StdioTalk(toolbox: toolbox, version: version, write: write)
    await withTaskGroup(of: Void.self) { group in
      var underWay = 0
      while let line = await next() {
        // What the client answers must be heard while its request waits for it.
        if case .bytes(let bytes) = line, await talk.hears(bytes) { continue }
        if underWay >= Self.underWayMax {
          await group.next()
          underWay -= 1
        }
        underWay += 1
        group.addTask { await talk.take(line) }
      }
      await talk.end()
      await group.waitForAll()
    }
  }
}

/// One pipe's conversation.
actor StdioTalk {
  private let toolbox: Toolbox
  private let version: String
  private let write: @Sendable ([UInt8]) async -> Void
  private var session: LegacySession?

  init(
    toolbox: Toolbox, version: String, write: @escaping @Sendable ([UInt8]) async -> Void
  ) {
    self.toolbox = toolbox
    self.version = version
    self.write = write
  }

  func end() { session?.end() }

  private func send(_ json: JSON) async { await write(json.bytes + [10]) }

  /// Handshakes, notifications and answers, in the order in which they come.
  ///
  /// - Returns: whether that was all about it.
  func hears(_ bytes: [UInt8]) async -> Bool {
    guard let json = try? RPCMessage.parse(bytes), let message = try? RPCMessage(json) else {
      return false
    }
    switch message {
    case .answer(let id, let result):
      session?.settle(id, result)
      return true
    case .notification(let method, let params):
      note(method, params)
      return true
    case .request(let id, "initialize", let params) where !ModernDoor.isMeant(by: params):
      do throws(RPCError) {
        let (revision, abilities) = try LegacyDoor.greet(params)
        session?.end()
        session = LegacySession(id: "", revision: revision, abilities: abilities, keyID: "")
        await send(.answer(id, legacyDoor.welcome(revision)))
      } catch {
        await send(error.json(id: id))
      }
      return true
    case .request: return false
    }
  }

  private func note(_ method: String, _ params: JSONValue?) {
    guard method == "notifications/cancelled", let id = params?["requestId"].flatMap({ RPCID($0) })
    else { return }
    session?.cancel(id)
  }

  private var legacyDoor: LegacyDoor {
    LegacyDoor(
      toolbox: toolbox, version: version, correlationID: "req_" + UUIDv7.make().text)
  }

  func take(_ line: StdioServer.Line) async {
    do throws(RPCError) {
      guard case .bytes(let bytes) = line else {
        throw RPCError(
          .invalidRequest, "a message has at most \(StdioServer.lineBytesMax) bytes")
      }
      guard !bytes.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) else { return }
      let json = try RPCMessage.parse(bytes)
      if json.kind == .array {
        guard let answer = try await batch(json) else { return }
        await send(answer)
      } else if case .request(let id, let method, let params) = try RPCMessage(json) {
        await send(await answer(id, method, params, canAsk: true))
      }
    } catch {
      await send(error.json(id: nil))
    }
  }

  private func answer(
    _ id: RPCID, _ method: String, _ params: JSONValue?, canAsk: Bool
  ) async -> JSON {
    do throws(RPCError) {
      if ModernDoor.isMeant(by: params) || method == "server/discover" {
        let door = ModernDoor(
          toolbox: toolbox, version: version, correlationID: "req_" + UUIDv7.make().text)
        return .answer(id, try await door.answer(method, params))
      }
      if method == "ping" { return .answer(id, [:]) }
      guard let session else { throw RPCError(.invalidRequest, "begin with initialize") }
      let result = try await legacyDoor.answer(
        id, method, params, in: session, canAsk: canAsk
      ) { await self.send($0) }
      return .answer(id, result)
    } catch {
      return error.json(id: id)
    }
  }

  private func batch(_ json: JSONValue) async throws(RPCError) -> JSON? {
    guard let session, session.revision.hasBatches else {
      throw RPCError(.invalidRequest, "this revision takes one message at a time")
    }
    guard (1...HTTPExchange.batchMax).contains(json.elements.count) else {
      throw RPCError(.invalidRequest, "a batch has 1 to \(HTTPExchange.batchMax) messages")
    }
    var answers: [JSON] = []
    for one in json.elements {
      do throws(RPCError) {
        switch try RPCMessage(one) {
        case .answer(let id, let result): session.settle(id, result)
        case .notification(let method, let params): note(method, params)
        case .request(let id, let method, let params):
          answers.append(await answer(id, method, params, canAsk: false))
        }
      } catch {
        answers.append(error.json(id: one["id"].flatMap { RPCID($0) }))
      }
    }
    return answers.isEmpty ? nil : .array(answers)
  }
}
