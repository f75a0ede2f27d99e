import Booking
import Kit

/// The OpenAPI 3.1 document of the endpoints.
struct OpenAPIDocument {
  let endpoints: [Endpoint]

  init(_ endpoints: [Endpoint]) { self.endpoints = endpoints }

  var json: JSON {
    var paths: [(String, JSON)] = []
    for endpoint in endpoints where !paths.contains(where: { $0.0 == endpoint.path }) {
      let all = endpoints.filter { $0.path == endpoint.path }
      paths.append(
        (endpoint.path, .object(all.map { ($0.method.lowercased(), operation($0)) })))
    }
    return .object([
      ("openapi", "3.1.0"),
      (
        "info",
        [
          "title": "Quayside bookings", "version": "1.0",
          "description": "Orders booked by agents and by people, under guardrails of the server's.",
        ]
      ),
      ("servers", [["url": "/"]]), ("security", [["key": []]]), ("paths", .object(paths)),
      (
        "components",
        .object([
          ("securitySchemes", ["key": ["type": "http", "scheme": "bearer"]]),
          ("schemas", .object([("Error", Self.error), ("Problem", Self.problem)])),
        ])
      ),
    ])
  }

  private func operation(_ endpoint: Endpoint) -> JSON {
    var members: [(String, JSON)] = [
      ("operationId", .string(endpoint.name)), ("summary", .string(endpoint.summary)),
    ]
    var words = endpoint.details
    if let scope = endpoint.scope {
      words += (words.isEmpty ? "" : " ") + "Needs the scope \(scope.rawValue)."
    }
    if !words.isEmpty { members.append(("description", .string(words))) }
    if !endpoint.parameters.isEmpty {
      members.append(("parameters", .array(endpoint.parameters.map(parameter))))
    }
    if let body = endpoint.body {
      members.append(
        (
          "requestBody",
          .object([
            ("required", true),
            ("content", .object([("application/json", .object([("schema", body.json)]))])),
          ])
        ))
    }
    members.append(("responses", .object(responses(endpoint))))
    return .object(members)
  }

  private func parameter(_ parameter: Endpoint.Parameter) -> JSON {
    .object([
      ("name", .string(parameter.name)), ("in", .string(parameter.place.rawValue)),
      ("required", .bool(parameter.isRequired)), ("description", .string(parameter.meaning)),
      ("schema", parameter.schema.json),
    ])
  }

  private func responses(_ endpoint: Endpoint) -> [(String, JSON)] {
    let envelope = Schema.object(
      [.init("success", .boolean)] + endpoint.answer + [.init("correlation_id", Self.text)])
    var headers: [(String, JSON)] = [
      ("X-Correlation-ID", Self.header("Ties the request to everything that came of it."))
    ]
    if endpoint.status == 201 || endpoint.answer.contains(where: { $0.name == "order" }) {
      headers.append(("ETag", Self.header("The version, for If-Match.")))
    }
    if endpoint.codes.contains(.keyReused) {
      headers.append(
        ("Idempotent-Replayed", Self.header("true on an answer that was given before.")))
    }
    var all: [(String, JSON)] = [
      (
        "\(endpoint.status)",
        .object([
          ("description", "Done."), ("headers", .object(headers)),
          ("content", .object([("application/json", .object([("schema", envelope.json)]))])),
        ])
      )
    ]
    let codes = endpoint.allCodes
    for status in Set(codes.map(\.status)).sorted() {
      let words = codes.filter { $0.status == status }.map(\.rawValue).joined(separator: ", ")
      all.append(("\(status)", Self.refusal(words)))
    }
    return all
  }

  private static let text = Schema.text(TextRule(.lines, 0...200))

  private static func header(_ words: String) -> JSON {
    .object([("description", .string(words)), ("schema", ["type": "string"])])
  }

  private static func refusal(_ words: String) -> JSON {
    .object([
      ("description", .string(words)),
      (
        "content",
        [
          "application/json": ["schema": ["$ref": "#/components/schemas/Error"]],
          "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]],
        ]
      ),
    ])
  }

  private static let codes = Schema.choice(BookingCode.allCases.map(\.rawValue))
  private static let actors = Schema.choice(BookingCode.Actor.allCases.map(\.rawValue))

  private static let error = Schema.object([
    .init("success", .boolean),
    .init(
      "error",
      .object([
        .init("code", codes), .init("type", text), .init("message", .any),
        .init("must_act", actors, "Who can do something about it."),
        .init("retryable", .boolean), .init("details", .map),
      ])), .init("correlation_id", text),
  ]).json

  private static let problem = Schema.object([
    .init("type", text), .init("title", text), .init("status", .integer(400...599)),
    .init("detail", .any), .init("code", codes), .init("must_act", actors),
    .init("retryable", .boolean), .init("details", .map),
    .init("errors", .array(of: Shapes.problem, count: 0...100)), .init("correlation_id", text),
  ]).json
}
