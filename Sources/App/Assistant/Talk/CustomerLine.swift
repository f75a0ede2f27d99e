import Booking
import BookingAPI
import Bookings
import Kit

/// The line between the customer and the server, past the model and past the driver: it puts the question
/// in the server's words, hears the answer in the customer's, and is the only one here that has the
/// question's secret.
actor CustomerLine {
  enum Heard: Sendable {
    case yes, no
    /// Neither: the question is dropped, so that a later yes to something else cannot be taken for one.
    case unclear
    case refused(BookingError)
  }

  private let service: BookingService
  private let caller: Caller
  private var open: (draftID: UUIDv7, secret: String)?

  init(service: BookingService, caller: Caller) {
    self.service = service
    self.caller = caller
  }

  var isAsking: Bool { open != nil }

  /// - Returns: what the customer is to read.
  func ask(_ draftID: UUIDv7) async throws(BookingError) -> String {
    let question = try await service.ask(draftID, by: .elicitation, as: caller)
    guard let secret = question.nonce else {
      throw BookingError(.system, "the question has no way to be answered")
    }
    open = (draftID, secret)
    return "\(SummaryText(question.work))\n\nBook this order? Please answer YES or NO."
  }

  /// - Parameter words: the customer's, literally.
  func hear(_ words: String) async -> Heard {
    guard let asked = open else { return .unclear }
    open = nil
    let answer = SpokenAnswer(words)
    guard answer != .unclear else { return .unclear }
    do throws(BookingError) {
      _ = try await service.answerDialog(
        nonce: asked.secret, of: asked.draftID, accepts: answer == .yes, words: words, as: caller)
      return answer == .yes ? .yes : .no
    } catch {
      return .refused(error)
    }
  }
}
