import Booking
import Bookings
import HTTP
import Kit

/// One thing that the API can do. Requests are checked against this very value, and the OpenAPI
/// document and the readable page are printed from it: the three cannot disagree.
struct Endpoint: Sendable {
  struct Parameter: Sendable {
    enum Place: String, Sendable { case path, query, header }

    var name: String
    var place: Place
    var schema: Schema
    var meaning: String
    var isRequired: Bool

    static func path(_ name: String, _ schema: Schema, _ meaning: String) -> Parameter {
      Parameter(name: name, place: .path, schema: schema, meaning: meaning, isRequired: true)
    }
    static func query(_ name: String, _ schema: Schema, _ meaning: String) -> Parameter {
      Parameter(name: name, place: .query, schema: schema, meaning: meaning, isRequired: false)
    }
    static func header(_ name: String, _ schema: Schema, _ meaning: String) -> Parameter {
      Parameter(name: name, place: .header, schema: schema, meaning: meaning, isRequired: false)
    }
  }

  var method: String
  /// With `{captures}`.
  var path: String
  /// The operation's name, `createOrder`.
  var name: String
  var summary: String
  var details = ""
  /// What the key must be good for; `nil` where the service decides by what is asked.
  var scope: Scope?
  var parameters: [Parameter] = []
  /// Of the request's body; `nil` where it has none.
  var body: Schema?
  var status = 200
  /// The members of the answer, beside `success` and `correlation_id`.
  var answer: [Schema.Field] = []
  /// Beside those that every request may meet.
  var codes: [BookingCode] = []
  var handle: @Sendable (APICall) async throws(BookingError) -> APIAnswer

  var segments: [Substring] { path.split(separator: "/") }

  /// What every request may meet.
  static let commonCodes: [BookingCode] = [
    .invalidRequest, .unauthenticated, .forbidden, .notFound, .throttled, .system, .unavailable,
  ]
  static let bodyCodes: [BookingCode] = [.malformedJSON, .tooLarge, .unsupportedMediaType]

  var allCodes: [BookingCode] {
    let wanted = Set(Self.commonCodes + (body == nil ? [.tooLarge] : Self.bodyCodes) + codes)
    return BookingCode.allCases.filter(wanted.contains)
  }
}

/// A request on its way through an endpoint: known caller, checked parameters, checked body.
struct APICall: Sendable {
  var service: BookingService
  var request: HTTPRequest
  var captures: [String: String]
  var caller: Caller
  /// `nil` where the endpoint takes none, or reads it itself.
  var body: JSONValue?

  func text(_ name: String) -> String? { body?[name]?.string }

  func query(_ name: String) -> String? {
    request.query(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  func uuid(_ name: String) throws(BookingError) -> UUIDv7 {
    guard let id = UUIDv7(text: captures[name] ?? "") else { throw .notFound("draft") }
    return id
  }

  func limit(_ fallback: Int = 50) -> Int { query("limit").flatMap { Int($0) } ?? fallback }

  /// The version that a change expects, from If-Match or the body.
  ///
  /// - Throws: `BookingError` `.invalidRequest` for an If-Match that is none of our tags.
  func expectation() throws(BookingError) -> Expectation {
    if let tag = request.headers["If-Match"], tag != "*" {
      guard let version = Int(BookingTag.version(of: tag)) else {
        throw .invalid([.init("$.header['If-Match']", .format, "must be an ETag of ours, \"3\"")])
      }
      return .tag(version)
    }
    return body?["version"]?.int.map { .version(Int(clamping: $0)) } ?? .any
  }
}

struct APIAnswer: Sendable {
  var status: Int
  var headers: [(String, String)] = []
  var body: [UInt8]

  /// - Parameter members: what the envelope holds beside `success` and `correlation_id`.
  init(
    _ members: [(String, JSON)], status: Int = 200, headers: [(String, String)] = [],
    correlationID: String
  ) {
    self.status = status
    self.headers = headers
    body =
      JSON.object(
        [("success", true)] + members + [("correlation_id", .string(correlationID))]
      ).bytes
  }

  init(status: Int, headers: [(String, String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// A version as an ETag: `"3"`.
enum BookingTag {
  static func of(_ version: Int) -> String { "\"\(version)\"" }
  static func version(of tag: String) -> String {
    tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.utf8.count > 2
      ? String(tag.dropFirst().dropLast()) : ""
  }
}
