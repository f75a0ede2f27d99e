public import Booking
import Kit

/// An endpoint of the API as a tool: what stands in its path, its query, its headers and its body
/// becomes one flat object, checked by the same schemas. MCP, function calling and the assistant show
/// these and nothing of their own.
public struct BookingTool: Sendable {
  /// What a client may tell its user about a tool. Hints: nothing of ours relies on them.
  public struct Hints: Sendable, Equatable {
    public var isReadOnly: Bool
    public var isDestructive: Bool
    /// The same call again changes nothing more.
    public var isIdempotent: Bool
    /// It reaches somebody outside: the customer's phone.
    public var isOpenWorld: Bool
  }

  /// `open_draft`.
  public let name: String
  public let title: String
  public let description: String
  /// An object.
  public let input: Schema
  /// The answer's envelope.
  public let output: Schema
  public let hints: Hints
  let endpoint: Endpoint

  init(_ endpoint: Endpoint) {
    self.endpoint = endpoint
    name = Self.snake(endpoint.name)
    title = endpoint.summary
    description = endpoint.details.isEmpty ? endpoint.summary : endpoint.details
    input = .object(Self.fields(of: endpoint))
    output = .object(
      [.init("success", .boolean)] + endpoint.answer
        + [.init("correlation_id", .text(TextRule(.lines, 0...200)))])
    hints = Self.hints(of: endpoint)
  }

  /// In the order of the API's page.
  public static let all: [BookingTool] = Endpoint.all.map(BookingTool.init)

  public static func named(_ name: String) -> BookingTool? { all.first { $0.name == name } }

  /// What a key can use. An agent books draft by draft; the whole order at once is for people.
  public static func fit(for principal: Principal) -> [BookingTool] {
    all.filter { tool in
      guard tool.endpoint.name != "createOrder" else { return principal.scopes.contains(.write) }
      return tool.endpoint.scope.map(principal.scopes.contains) ?? true
    }
  }

  /// Makes a booking: what may need the customer's yes.
  public var books: Bool { endpoint.name == "bookDraft" }

  // MARK: From the endpoint

  static let keyField = "idempotency_key"
  static let versionField = "version"

  private static func fields(of endpoint: Endpoint) -> [Schema.Field] {
    var fields: [Schema.Field] = []
    for parameter in endpoint.parameters {
      switch parameter.place {
      case .path: fields.append(.init(parameter.name, parameter.schema, parameter.meaning))
      case .query: fields.append(.optional(parameter.name, parameter.schema, parameter.meaning))
      case .header: break
      }
    }
    if case .object(let members)? = endpoint.body { fields += members }
    for parameter in endpoint.parameters where parameter.place == .header {
      switch parameter.name {
      case "Idempotency-Key" where !fields.contains { $0.name == keyField }:
        fields.append(
          .optional(
            keyField, parameter.schema,
            "Makes a repeat harmless. Without one the draft's own is taken: a draft books once."))
      case "If-Match" where !fields.contains { $0.name == versionField }:
        fields.append(
          .optional(
            versionField, .integer(1...Int64(Int32.max)), "The version that the change expects."))
      default: break
      }
    }
    return fields
  }

  private static func hints(of endpoint: Endpoint) -> Hints {
    // Looking at the catalogue within a draft makes its ids good there.
    let isReadOnly = endpoint.method == "GET" && endpoint.name != "offerItems"
    let repeats: Set<String> = [
      "offerItems", "confirmItems", "showSummary", "bookDraft", "approveDraft",
    ]
    return Hints(
      isReadOnly: isReadOnly,
      isDestructive: ["cancelDraft", "cancelOrder", "moveOrder", "editOrder"].contains(
        endpoint.name),
      isIdempotent: isReadOnly || endpoint.method == "PUT" || endpoint.method == "DELETE"
        || repeats.contains(endpoint.name),
      isOpenWorld: endpoint.name == "askCustomer")
  }

  private static func snake(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      text += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
    }
  }
}
