public import Booking
import BookingAPI
public import Bookings
public import Kit

/// Drives a conversation between a customer and a model that has the booking tools.
///
/// The model is taken for an adversary: it can call only what is offered, only on drafts of this
/// conversation, so many times; what it says is shown as its own words and decides nothing. When a
/// booking lacks only the customer's yes, the server asks in its own words, and what the customer
/// answers goes to the server, past the model.
public actor Assistant {
  /// Answers of the model to one thing that the customer said.
  static let roundsMax = 12
  /// Calls of one answer of the model.
  static let callsMax = 8
  /// Of the whole conversation.
  static let messagesMax = 300
  static let bytesMax = 512 << 10
  /// Of what the customer says at once.
  public static let wordsMax = 2_000

  private let model: ChatModel
  private let line: CustomerLine
  private let log: Log
  private var tools: ChatTools
  private var messages: [ChatMessage]
  /// The booking that waits for the customer's answer.
  private var held: ModelCall?
  private var booked: [String] = []
  /// Of the present turn.
  private var hasTriedToBook = false
  private var isBusy = false

  public init(
    model: ChatModel, service: BookingService, caller: Caller, business: Business, log: Log
  ) {
    self.model = model
    self.log = log
    line = CustomerLine(service: service, caller: caller)
    tools = ChatTools(service: service, caller: caller)
    messages = [.system(Self.prompt(business))]
  }

  private static func prompt(_ business: Business) -> String {
    """
    You take orders for \(SummaryText.plain(business.name)). Prices are in \(business.currency); the \
    tools tell times in UTC, and the customer is told those of \(business.timeZone). Use the tools, in \
    this order: open_draft, offer_items, set_items with ids that offer_items gave out, confirm_items \
    when the customer agreed to the list, set_details, show_summary, book_draft. Each answer says \
    what is missing: ask the customer for it. Never guess an item, a name or a number. book_draft has \
    the server put the question to the customer itself; do not ask for a final yes. Say that an \
    order is booked only when book_draft answered with an order.
    """
  }

  private var standing: ChatTurn.Standing {
    held != nil ? .asking : booked.isEmpty ? .nothingBooked : .booked(booked)
  }

  /// Hears what the customer says, and does what comes of it.
  public func hear(_ words: String) async -> ChatTurn {
    let words = String(String.UnicodeScalarView(words.unicodeScalars.prefix(Self.wordsMax)))
    var lines: [ChatTurn.Line] = []
    guard !isBusy else {
      return ChatTurn(
        lines: [.server("One moment: your last words are still being looked at.")],
        standing: standing)
    }
    isBusy = true
    defer { isBusy = false }
    hasTriedToBook = false
    guard messages.count < Self.messagesMax,
      messages.reduce(0, { $0 + $1.bytes }) < Self.bytesMax
    else {
      return ChatTurn(
        lines: [.server("This conversation is too long. Please begin a new one.")],
        standing: standing)
    }
    if let call = held {
      held = nil
      await settle(call, words, &lines)
    } else {
      messages.append(.user(words))
    }
    await go(on: &lines)
    return ChatTurn(lines: lines, standing: standing)
  }

  // MARK: The customer's answer

  private func settle(_ call: ModelCall, _ words: String, _ lines: inout [ChatTurn.Line]) async {
    switch await line.hear(words) {
    case .yes: await run(call, &lines)
    case .no:
      answer(call, BookingError(.confirmationDeclined, "the customer said no to this order"))
      lines.append(.server("You said no. Nothing is booked."))
    case .unclear:
      answer(
        call,
        BookingError(
          .confirmationRequired, "the customer did not answer yes or no; see what they say"))
      messages.append(.user(words))
    case .refused(let error):
      answer(call, error)
      lines.append(.server("Your answer could not be taken: \(error.message). Nothing is booked."))
    }
  }

  private func answer(_ call: ModelCall, _ error: BookingError) {
    let text = error.envelope(correlationID: tools.caller.correlationID).text
    messages.append(.tool(id: call.id, text))
  }

  // MARK: The model's turn

  private func go(on lines: inout [ChatTurn.Line]) async {
    for _ in 0..<Self.roundsMax {
      guard held == nil else { return }
      let reply: ModelReply
      do throws(ModelTrouble) {
        reply = try await model.complete(messages, ChatTools.offered)
      } catch {
        lines.append(
          .server("The assistant cannot be reached just now. \(standingInWords)"))
        return
      }
      let text = reply.text.flatMap { $0.isEmpty ? nil : String($0.prefix(Self.wordsMax * 4)) }
      messages.append(.assistant(text, reply.calls))
      if let text { lines.append(.assistant(text)) }
      guard !reply.calls.isEmpty else { return }
      await run(reply.calls, &lines)
      guard messages.count < Self.messagesMax * 2 else { break }
    }
    guard held == nil else { return }
    log.warning("a model went in circles", ["rounds": "\(Self.roundsMax)"])
    messages.append(.assistant("I could not finish that.", []))
    lines.append(.server("The assistant could not finish that. \(standingInWords)"))
  }

  private var standingInWords: String {
    booked.isEmpty
      ? "Nothing is booked." : "Booked so far: " + booked.joined(separator: ", ") + "."
  }

  /// Each call gets its answer, whatever comes of it: a conversation without is refused by servers.
  private func run(_ calls: [ModelCall], _ lines: inout [ChatTurn.Line]) async {
    for (i, call) in calls.enumerated() {
      if held != nil {
        answer(call, BookingError(.inFlight, "the customer is being asked first"))
      } else if i >= Self.callsMax {
        answer(call, BookingError(.throttled, "at most \(Self.callsMax) calls at once"))
      } else if call.name == "book_draft", hasTriedToBook {
        answer(call, BookingError(.throttled, "one booking at a time; answer the customer first"))
      } else {
        await run(call, &lines)
      }
    }
    // The held call is answered when the customer did; its answer has to come right after the others.
  }

  private func run(_ call: ModelCall, _ lines: inout [ChatTurn.Line]) async {
    let isBooking = call.name == "book_draft"
    do throws(BookingError) {
      let (text, opened) = try await tools.call(call)
      if let opened { tools.drafts.insert(opened) }
      messages.append(.tool(id: call.id, text))
      if isBooking { note(text, &lines) }
    } catch {
      var refusal = error
      if isBooking {
        hasTriedToBook = true
        if await ask(call, after: &refusal, &lines) { return }
      }
      answer(call, refusal)
    }
  }

  /// A booking is a fact, and the server says it.
  private func note(_ envelope: String, _ lines: inout [ChatTurn.Line]) {
    guard let order = try? JSONValue.parse(Array(envelope.utf8))["order"],
      let id = order["order_id"]?.string
    else { return }
    let total = order["total"]?.string.map { ", \($0) \(order["currency"]?.string ?? "")" } ?? ""
    if !booked.contains(id) { booked.append(id) }
    lines.append(.server("Booked: order \(id)\(total)."))
  }

  private static let mayAsk: Set<BookingCode> = [
    .confirmationRequired, .confirmationVoid, .confirmationExpired,
  ]

  /// Puts the question to the customer, where the yes is all that is missing.
  ///
  /// - Parameter refusal: what the model is told; why nobody could be asked, where that is so.
  /// - Returns: whether the call is held until the customer answered.
  private func ask(
    _ call: ModelCall, after refusal: inout BookingError, _ lines: inout [ChatTurn.Line]
  ) async -> Bool {
    guard Self.mayAsk.contains(refusal.code), let id = tools.draftID(of: call),
      let level = await tools.lacksOnlyTheYes(id)
    else { return false }
    do throws(BookingError) {
      guard level < .signed else {
        lines.append(
          .server("An order of this value takes your signature, which cannot be given here."))
        return false
      }
      guard level <= .mediated else {
        let question = try await tools.service.ask(id, by: .page, as: tools.caller)
        let sentTo = question.sentTo ?? "you"
        lines.append(
          .server("A link was sent to \(sentTo): please answer there, then say so here."))
        return false
      }
      lines.append(.question(try await line.ask(id)))
      held = call
      return true
    } catch {
      refusal = error
      lines.append(
        .server(
          error.code == .channelUnavailable
            ? "An order of this value has to be confirmed with the business itself."
            : "You could not be asked: \(error.message)."))
      return false
    }
  }
}
