import Booking
import BookingAPI
import Bookings
import Kit

extension Toolbox {
  /// The booking service's tools, for one key.
  static func bookings(_ service: BookingService, for principal: Principal) -> Toolbox {
    Toolbox(
      list: { () throws(RPCError) in BookingTool.fit(for: principal).map(\.json) },
      call: { (request) throws(RPCError) in
        guard let tool = BookingTool.named(request.name),
          BookingTool.fit(for: principal).contains(where: { $0.name == tool.name })
        else {
          throw RPCError(.invalidParams, "there is no tool '\(request.name.prefix(64))'")
        }
        let caller = Caller(principal: principal, correlationID: request.correlationID)
        let conversation = ToolConversation(tool: tool, service: service, caller: caller)
        return try await conversation.outcome(of: request)
      })
  }
}

extension BookingTool {
  /// As `tools/list` shows it.
  var json: JSON {
    .object([
      ("name", .string(name)), ("title", .string(title)), ("description", .string(description)),
      ("inputSchema", input.json), ("outputSchema", output.json),
      (
        "annotations",
        .object([
          ("title", .string(title)), ("readOnlyHint", .bool(hints.isReadOnly)),
          ("destructiveHint", .bool(hints.isDestructive)),
          ("idempotentHint", .bool(hints.isIdempotent)),
          ("openWorldHint", .bool(hints.isOpenWorld)),
        ])
      ),
    ])
  }
}

extension ToolOutcome {
  /// Structured, and once more as text for clients that read nothing else.
  static func done(_ envelope: [UInt8]) -> ToolOutcome {
    let text = String(decoding: envelope, as: UTF8.self)
    return .result([
      ("content", .array([["type": "text", "text": .string(text)]])),
      ("structuredContent", .raw(text)),
    ])
  }

  /// The API's own refusal: a model can act on it.
  static func refused(_ error: BookingError, correlationID: String) -> ToolOutcome {
    let text = error.envelope(correlationID: correlationID).text
    return .result([
      ("content", .array([["type": "text", "text": .string(text)]])), ("isError", true),
    ])
  }
}

extension Toolbox {
  /// The booking service's tools for whoever holds a key; asked for at every call.
  static func bookings(_ service: BookingService, secret: String) -> Toolbox {
    Toolbox(
      list: { () throws(RPCError) in
        do throws(BookingError) {
          let principal = try await service.principal(secret: secret)
          return BookingTool.fit(for: principal).map(\.json)
        } catch {
          throw RPCError(.internalError, error.description)
        }
      },
      call: { (request) throws(RPCError) in
        let principal: Principal
        do throws(BookingError) { principal = try await service.principal(secret: secret) } catch {
          return .refused(error, correlationID: request.correlationID)
        }
        return try await Toolbox.bookings(service, for: principal).call(request)
      })
  }
}
