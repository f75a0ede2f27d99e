import Booking
import BookingAPI
import Bookings
import Kit
import Ledger

/// The tools within one conversation: its own drafts, and nothing of anybody else's.
struct ChatTools: Sendable {
  /// Drafts of one conversation.
  static let draftsMax = 5

  /// What lists or reads other customers' orders is not for a conversation with a customer; and asking
  /// the customer is the server's part.
  static let names: Set<String> = [
    "read_capabilities", "open_draft", "read_draft", "cancel_draft", "offer_items", "set_items",
    "confirm_items", "set_details", "show_summary", "list_slots", "book_draft",
  ]

  static let offered = FunctionTool.all(for: .agent).filter { names.contains($0.tool.name) }

  let service: BookingService
  let caller: Caller
  /// Opened in this conversation.
  var drafts: Set<UUIDv7> = []

  init(service: BookingService, caller: Caller) {
    self.service = service
    self.caller = caller
  }

  /// - Returns: the answer's envelope, for the model to read, and the draft that was opened.
  func call(
    _ call: ModelCall
  ) async throws(BookingError) -> (text: String, opened: UUIDv7?) {
    let (tool, arguments) = try read(call)
    if tool.name == "open_draft", drafts.count >= Self.draftsMax {
      throw BookingError(.throttled, "this conversation has \(Self.draftsMax) drafts already")
    }
    let answer = try await tool.call(arguments, service: service, by: caller)
    var opened: UUIDv7?
    if tool.name == "open_draft", let json = try? JSONValue.parse(answer) {
      opened = json["draft"]?["draft_id"]?.string.flatMap { UUIDv7(text: $0) }
    }
    return (String(decoding: answer, as: UTF8.self), opened)
  }

  /// - Throws: `BookingError` for a tool that is not offered, arguments that are no JSON, or a draft of
  ///   another conversation.
  private func read(_ call: ModelCall) throws(BookingError) -> (BookingTool, JSONValue) {
    guard let tool = Self.offered.first(where: { $0.tool.name == call.name })?.tool else {
      throw BookingError(.notFound, "there is no tool '\(call.name.prefix(64))'")
    }
    let text = call.arguments.allSatisfy(\.isWhitespace) ? "{}" : call.arguments
    let arguments = try BookingService.json(Array(text.utf8))
    guard arguments.kind == .object else {
      throw .invalid([.init("$", .type, "must be an object")])
    }
    if let given = arguments["draft_id"], !given.isNull {
      guard let id = given.string.flatMap({ UUIDv7(text: $0) }), drafts.contains(id) else {
        throw BookingError(.notFound, "there is no such draft in this conversation")
      }
    }
    return (tool, arguments)
  }

  /// The draft that a call is about.
  func draftID(of call: ModelCall) -> UUIDv7? {
    (try? read(call))?.1["draft_id"]?.string.flatMap { UUIDv7(text: $0) }
  }

  /// Whether all that is missing is the customer's yes, and what it takes.
  func lacksOnlyTheYes(_ id: UUIDv7) async -> ConfirmationLevel? {
    guard let work = try? await service.draft(id, by: caller),
      work.file.step(in: work.around) == .finalConfirmation
    else { return nil }
    return work.file.leastLevel(in: work.around)
  }
}
