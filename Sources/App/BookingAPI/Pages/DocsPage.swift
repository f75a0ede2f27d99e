import Booking
import HTTP
import Kit

/// `/api/docs`: the endpoints and the errors for people.
struct DocsPage {
  let endpoints: [Endpoint]

  init(_ endpoints: [Endpoint]) { self.endpoints = endpoints }

  var html: String {
    var body = """
      <h1>Bookings</h1><p>For programs: <a href="/api/openapi.json">openapi.json</a>. Every request \
      carries <code>Authorization: Bearer qsk_...</code>; every answer is \
      <code>{"success": ..., "correlation_id": ...}</code>, and errors come as a problem document \
      (RFC 9457) where <code>Accept: application/problem+json</code> asks for it.</p>
      """
    for endpoint in endpoints { body += section(endpoint) }
    return HTML.document("Bookings", body + errors)
  }

  private func section(_ endpoint: Endpoint) -> String {
    var text = """
      <h2 id="\(endpoint.name)">\(HTMLText.escape(endpoint.summary))</h2>
      <p><code>\(endpoint.method) \(HTMLText.escape(endpoint.path))</code>
      """
    if let scope = endpoint.scope { text += " <span class=\"soft\">\(scope.rawValue)</span>" }
    text += "</p>"
    if !endpoint.details.isEmpty { text += "<p>\(HTMLText.escape(endpoint.details))</p>" }
    let parameters = endpoint.parameters.map { ($0.name, $0.place.rawValue, $0.schema, $0.meaning) }
    if !parameters.isEmpty {
      text += table(parameters.map { [$0.0, $0.1, words($0.2), $0.3] })
    }
    if let body = endpoint.body, case .object(let fields) = body, !fields.isEmpty {
      text += table(rows(fields, under: ""))
    }
    let codes = endpoint.allCodes.map { "<a href=\"#\($0.rawValue)\">\($0.rawValue)</a>" }
    return text + "<p class=\"soft\">\(endpoint.status), or \(codes.joined(separator: ", "))</p>"
  }

  private func rows(_ fields: [Schema.Field], under parent: String) -> [[String]] {
    fields.flatMap { field -> [[String]] in
      let name = parent + field.name
      let own = [
        name, field.isRequired ? "required" : "optional", words(field.schema), field.meaning,
      ]
      switch field.schema {
      case .object(let inner): return [own] + rows(inner, under: name + ".")
      case .array(.object(let inner), _): return [own] + rows(inner, under: name + "[].")
      default: return [own]
      }
    }
  }

  private func words(_ schema: Schema) -> String {
    switch schema {
    case .text(let rule):
      "text of \(rule.length.lowerBound) to \(rule.length.upperBound)"
        + (rule.example.map { ", such as \($0)" } ?? "")
    case .integer(let range): "whole number from \(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true or false"
    case .choice(let words): words.joined(separator: ", ")
    case .object, .map: "object"
    case .array(_, let count): "list of \(count.lowerBound) to \(count.upperBound)"
    case .any: "anything"
    case .orNull(let inner): words(inner) + ", or null"
    }
  }

  private func table(_ rows: [[String]]) -> String {
    "<table>"
      + rows.map { row in
        "<tr>"
          + row.enumerated().map { i, cell in
            i == 0
              ? "<td><code>\(HTMLText.escape(cell))</code></td>"
              : "<td>\(HTMLText.escape(cell))</td>"
          }.joined() + "</tr>"
      }.joined() + "</table>"
  }

  private var errors: String {
    "<h2 id=\"errors\">Errors</h2><table><tr><th>Code</th><th>Status</th><th>Who must act</th>"
      + "<th>Family</th></tr>"
      + BookingCode.allCases.map {
        "<tr id=\"\($0.rawValue)\"><td><code>\($0.rawValue)</code></td><td>\($0.status)</td>"
          + "<td>\($0.actor.rawValue)</td><td>\($0.family)</td></tr>"
      }.joined() + "</table>"
  }
}
