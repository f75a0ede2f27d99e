public import Kit
import Synchronization

/// One request that the sandbox received, as tests want to see it; credentials are left out.
public struct SandboxRequest: Sendable {
  public let at: Timestamp
  public let method: String
  public let target: String
  /// The call kind, as dials name it.
  public let call: String
  /// The order that it was about, or "".
  public let order: String
  public let headers: [(String, String)]
  public let body: [UInt8]
  /// The status answered; 0 when the connection was closed without an answer.
  public let status: Int
  /// The faults that fired.
  public let faults: [Fault]
}

/// The last requests, in a ring.
final class RequestLog: Sendable {
  private struct State {
    var ring: [SandboxRequest] = []
    var next = 0
    var total = 0
  }

  let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) {
    self.capacity = capacity
  }

  func add(_ request: SandboxRequest) {
    guard capacity > 0 else { return }
    state.withLock { state in
      state.total += 1
      if state.ring.count < capacity {
        state.ring.append(request)
      } else {
        state.ring[state.next] = request
        state.next = (state.next + 1) % capacity
      }
    }
  }

  /// Oldest first, with the number of requests ever received.
  var last: (total: Int, requests: [SandboxRequest]) {
    state.withLock { state in
      (state.total, Array(state.ring[state.next...] + state.ring[..<state.next]))
    }
  }

  func reset() {
    state.withLock { $0 = State() }
  }
}

extension SandboxRequest {
  var json: JSON {
    .object([
      ("at", .string(at.iso8601)), ("method", .string(method)), ("target", .string(target)),
      ("call", .string(call)), ("order", .string(order)), ("status", .int(Int64(status))),
      ("faults", .array(faults.map { .string($0.rawValue) })),
      ("headers", .object(headers.map { ($0.0, .string($0.1)) })),
      ("body", .string(String(decoding: body.prefix(16_384), as: UTF8.self))),
    ])
  }
}
