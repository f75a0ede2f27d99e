import HTTP
package import HTTPClient
package import Kit
package import XML

/// The one table from Canada Post's answers to what they mean (contract, section 5).
///
/// Status and code decide; the only words that are matched are those of the gateway, which has no
/// codes. Only the carrier's own envelope proves that something was refused or does not exist: a
/// page of some machine in between proves nothing.
package enum CanadaPostErrors {
  package static let service = "CanadaPost"
  /// The window of the carrier's own throttle.
  static let throttleWindow = Duration.seconds(60)
  /// "At once" is no pause.
  static let retryAfterMin = Duration.seconds(1)
  static let retryAfterMax = Duration.hours(1)
  static let wordsMax = 400

  /// What a call may have caused when its answer is lost.
  package enum Call: Sendable, Equatable {
    /// Nothing: it may be repeated.
    case read
    /// A label was bought, perhaps.
    case create
    /// Something was undone or transmitted, perhaps.
    case change
  }

  struct Message {
    var code: String
    var text: String
  }

  /// An answer other than 2xx.
  package static func error(_ response: HTTPClientResponse, _ call: Call) -> OutsideError {
    let messages = messages(in: response.body)
    let said = (messages ?? []).map(\.text).filter { !$0.isEmpty }.joined(separator: "; ")
    let reason = said.isEmpty ? "HTTP \(response.status)" : shown(said)
    return OutsideError(
      service: service, code: messages?.first?.code, status: response.status, message: reason,
      classification: classify(response, messages, reason, call))
  }

  private static func classify(
    _ response: HTTPClientResponse, _ messages: [Message]?, _ reason: String, _ call: Call
  ) -> Classification {
    for message in messages ?? [] where message.code == "Server" {
      if message.text.contains("SLM Monitor") {
        return .throttled(retryAfter: retryAfter(response) ?? throttleWindow)
      }
      if message.text.contains("cvc-") {
        return .bug("the carrier's schema refuses our XML: \(reason)")
      }
    }
    switch response.status {
    case 401, 403: return .denied(reason)
    case 429: return .throttled(retryAfter: retryAfter(response) ?? throttleWindow)
    default: break
    }
    for message in messages ?? [] {
      guard let meaning = CanadaPostCodes.meaning(of: message.code) else { continue }
      return classify(meaning, messages ?? [], reason, call)
    }
    let lost: Classification = call == .read ? .transient(retryAfter: nil) : .unknownOutcome(reason)
    switch response.status {
    case 405, 406, 411, 413, 414, 415, 431:
      return .bug("the carrier does not understand our request: \(reason)")
    case 404: return messages == nil ? lost : .notFound(reason)
    case 409: return messages == nil ? lost : .conflict(reason)
    case 412 where call == .create: return .unknownOutcome(reason)
    case 408, 425: return lost
    case 400..<500: return messages == nil ? lost : .refused(reason: reason)
    case 500..<600 where call == .read: return .transient(retryAfter: retryAfter(response))
    default: return lost
    }
  }

  private static func classify(
    _ meaning: CanadaPostCodes.Meaning, _ messages: [Message], _ reason: String, _ call: Call
  ) -> Classification {
    switch meaning {
    case .credentials: .denied(reason)
    case .account: .denied("the carrier account: \(reason)")
    case .refused: .refused(reason: reason)
    case .field:
      .invalid(
        messages.map { message in
          FieldProblem(
            field: CanadaPostCodes.field(of: message.code) ?? "shipment",
            problem: shown("\(message.code) \(message.text)"))
        })
    case .later: call == .read ? .transient(retryAfter: nil) : .unknownOutcome(reason)
    case .done: .conflict(reason)
    case .absent: .notFound(reason)
    case .full: .needsPerson(question: "transmit the carrier's open groups: \(reason)")
    }
  }

  /// No answer.
  package static func error(_ error: HTTPClientError, _ call: Call) -> OutsideError {
    let classification: Classification =
      switch error.code {
      case .originNotAllowed, .invalidURL: .denied(error.message)
      default:
        call == .read || !error.mayHaveReachedServer
          ? .transient(retryAfter: nil) : .unknownOutcome(error.message)
      }
    return OutsideError(service: service, message: error.message, classification: classification)
  }

  /// An answer of 2xx that cannot be read: after anything but a read, what happened is unknown.
  static func unreadable(_ why: String, _ call: Call) -> OutsideError {
    OutsideError(
      service: service, message: why,
      classification: call == .read ? .transient(retryAfter: nil) : .unknownOutcome(why))
  }

  static func bug(_ what: String) -> OutsideError {
    OutsideError(service: service, message: what, classification: .bug(what))
  }

  package static func xml(_ body: [UInt8], _ call: Call) throws(OutsideError) -> XMLElement {
    do { return try XMLElement.parse(body) } catch { throw unreadable(error.description, call) }
  }

  /// Whole seconds, bounded.
  static func retryAfter(_ response: HTTPClientResponse) -> Duration? {
    guard let text = response.headers["Retry-After"], let seconds = Int64(text), seconds >= 0 else {
      return nil
    }
    return min(max(.seconds(min(seconds, 1 << 32)), retryAfterMin), retryAfterMax)
  }

  /// The carrier's own envelope, which may be empty; `nil` when the body is something else.
  static func messages(in body: [UInt8]) -> [Message]? {
    guard let root = try? XMLElement.parse(body), root.localName == "messages" else { return nil }
    return root.all("message").map { message in
      Message(
        code: message.text(of: "code") ?? "", text: message.text(of: "description") ?? "")
    }
  }

  /// Somebody else's words, fit for a line of ours.
  private static func shown(_ text: String) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text.unicodeScalars.prefix(wordsMax).map { $0.value < 32 ? " " : $0 })
    return Redaction.text(String(view))
  }
}
