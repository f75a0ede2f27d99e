import HTTP
import Kit
import Synchronization

extension HTTPExchange {
  /// Between two signs of life on a stream that waits for a person.
  static let signOfLife = Duration.seconds(15)

  /// Answers with plain JSON, unless something has to be sent before the answer: then with events, the
  /// answer last. A client that goes away ends the work.
  func streamed(
    _ work: @escaping @Sendable (@escaping LegacyDoor.Send) async -> JSON
  ) async -> HTTPResponse {
    let (pieces, out) = AsyncStream<[UInt8]>.makeStream()
    // What the answer begins with: a whole answer, or `nil` for the first of many events.
    let (beginnings, begin) = AsyncStream<JSON?>.makeStream()
    let isStreaming = Flag()
    let correlationID = Log.correlationID
    let worker = Task {
      await Log.$correlationID.withValue(correlationID) {
        let last = await work { message in
          out.yield(Self.event(message))
          if isStreaming.raise() { begin.yield(nil) }
        }
        if isStreaming.isUp { out.yield(Self.event(last)) } else { begin.yield(last) }
      }
      out.finish()
      begin.finish()
    }
    out.onTermination = { _ in worker.cancel() }
    for await beginning in beginnings {
      guard let whole = beginning else {
        let life = Task {
          while !Task.isCancelled {
            try await Task.sleep(for: Self.signOfLife)
            out.yield(Array(": still waiting\n\n".utf8))
          }
        }
        Task {
          await worker.value
          life.cancel()
        }
        return .events(pieces)
      }
      return .json(whole)
    }
    // The client left before there was anything to say.
    worker.cancel()
    return HTTPResponse(status: 503, body: .abort)
  }

  private static func event(_ message: JSON) -> [UInt8] {
    Array("event: message\ndata: ".utf8) + message.bytes + Array("\n\n".utf8)
  }
}

/// Raised once.
private final class Flag: Sendable {
  private let up = Mutex(false)

  var isUp: Bool { up.withLock { $0 } }

  /// - Returns: whether it was raised just now.
  func raise() -> Bool {
    up.withLock { up in
      defer { up = true }
      return !up
    }
  }
}
