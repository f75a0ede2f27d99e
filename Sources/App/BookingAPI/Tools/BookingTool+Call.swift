public import Booking
public import Bookings
import Cryptography
import HTTP
public import Kit

extension BookingTool {
  /// Does what the endpoint does.
  ///
  /// - Parameter arguments: an object; whatever is wrong with it is told all at once.
  /// - Returns: the answer's envelope, as the API gives it.
  /// - Throws: `BookingError`, as the API would answer it.
  public func call(
    _ arguments: JSONValue, service: BookingService, by caller: Caller
  ) async throws(BookingError) -> [UInt8] {
    if let scope = endpoint.scope { try caller.principal.require(scope) }
    let problems = input.problems(in: arguments)
    guard problems.isEmpty else { throw .invalid(problems) }
    let given = arguments.members.filter { !$0.value.isNull }
    var request = HTTPRequest(method: endpoint.method, target: target(given))
    var captures: [String: String] = [:]
    for parameter in endpoint.parameters {
      switch parameter.place {
      case .path: captures[parameter.name] = arguments[parameter.name]?.text
      case .query: break
      case .header: request.headers[parameter.name] = header(parameter.name, arguments)
      }
    }
    var caller = caller
    var body: JSONValue?
    if case .object(let members)? = endpoint.body {
      let names = Set(members.map(\.name))
      request.body =
        JSON.object(given.filter { names.contains($0.key) }.map { ($0.key, JSON($0.value)) }).bytes
      caller.requestDigest = SHA256.hash(request.body)
      if endpoint.readsBody { body = try BookingService.json(request.body) }
    }
    return try await endpoint.handle(
      APICall(
        service: service, request: request, captures: captures, caller: caller, body: body)
    ).body
  }

  /// Only its query is read again.
  private func target(_ given: [(key: String, value: JSONValue)]) -> String {
    let query = endpoint.parameters.filter { $0.place == .query }.compactMap { parameter in
      given.first { $0.key == parameter.name }?.value.text.map {
        "\(parameter.name)=\(PercentEncoding.encode($0))"
      }
    }
    return "/" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }

  private func header(_ name: String, _ arguments: JSONValue) -> String? {
    switch name {
    case "Idempotency-Key":
      arguments[Self.keyField]?.string ?? draftKey(arguments)
    case "If-Match":
      bodyHasVersion ? nil : arguments[Self.versionField]?.int.map { BookingTag.of(Int($0)) }
    default: nil
    }
  }

  /// A draft books once: its id is as good a key as any, and the same at every repeat. A version that the
  /// call names is part of it: for another version it is another request, and a key has one request.
  private func draftKey(_ arguments: JSONValue) -> String? {
    guard let id = arguments["draft_id"]?.string else { return nil }
    let version = arguments[Self.versionField]?.int.map { "-v\($0)" } ?? ""
    return "draft-" + id.lowercased() + version
  }

  private var bodyHasVersion: Bool {
    guard case .object(let members)? = endpoint.body else { return false }
    return members.contains { $0.name == Self.versionField }
  }
}
