import HTTP
import HTTPClient
import HTTPServer
import Kit
import Synchronization

/// The other side of the wire: answers what it is told and remembers what it was asked.
final class Stub: Sendable {
  private let server: HTTPServer
  private let seen: Remembered
  let http: HTTPClient

  private final class Remembered: Sendable {
    let requests = Mutex<[HTTPRequest]>([])
  }

  init(_ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) throws {
    let remembered = Remembered()
    seen = remembered
    server = try HTTPServer.start { request in
      remembered.requests.withLock { $0.append(request) }
      return await answer(request)
    }
    let origin = Origin(url: "http://127.0.0.1:\(server.port)")
    http = HTTPClient(.init(allowedOrigins: Set([origin].compactMap(\.self))))
  }

  var url: String { "http://127.0.0.1:\(server.port)" }
  var requests: [HTTPRequest] { seen.requests.withLock { $0 } }

  /// The body of the test, then the server is stopped.
  static func with(
    _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
    _ body: (Stub) async throws -> Void
  ) async throws {
    let stub = try Stub(answer)
    do {
      try await body(stub)
      await stub.server.stop(grace: .zero)
    } catch {
      await stub.server.stop(grace: .zero)
      throw error
    }
  }
}

extension Answer {
  var value: Value? { try? result.get() }

  var error: OutsideError? {
    if case .failure(let error) = result { return error }
    return nil
  }
}

extension Classification {
  var isTransient: Bool { if case .transient = self { true } else { false } }
  var isUnknown: Bool { if case .unknownOutcome = self { true } else { false } }
  var isRefused: Bool { if case .refused = self { true } else { false } }
  var isDenied: Bool { if case .denied = self { true } else { false } }
  var isNotFound: Bool { if case .notFound = self { true } else { false } }
  var isConflict: Bool { if case .conflict = self { true } else { false } }
  var isBug: Bool { if case .bug = self { true } else { false } }
  var isPerson: Bool { if case .needsPerson = self { true } else { false } }
  var fields: [String]? {
    if case .invalid(let problems) = self { problems.map(\.field) } else { nil }
  }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}
