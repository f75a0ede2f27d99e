import HTTP
import HTTPClient
import Kit
import XML

/// The one table from Canada Post's answers to what they mean (contract, section 5).
enum CanadaPostErrors {
  static let service = "CanadaPost"

  enum Call { case read, create, undo }

  static func error(_ response: HTTPClientResponse, _ call: Call) -> OutsideError {
    let messages = messages(in: response.body)
    let code = messages?.first?.code
    let text = messages?.map(\.description).joined(separator: "; ")
    func make(_ classification: Classification) -> OutsideError {
      OutsideError(
        service: service, code: code, status: response.status,
        message: text.flatMap { $0.isEmpty ? nil : $0 } ?? "HTTP \(response.status)",
        classification: classification)
    }
    let reason = text ?? "HTTP \(response.status)"
    if code == "Server", reason.contains("Rejected by SLM Monitor") {
      return make(.throttled(retryAfter: .seconds(60)))
    }
    // Our XML is wrong: not an outage, and nothing was made.
    if code == "Server", reason.contains("cvc-") { return make(.refused(reason: reason)) }
    switch response.status {
    case 401, 403: return make(.denied(reason))
    case 404: return make(.notFound(reason))
    case 409: return make(.conflict(reason))
    case 412: return make(call == .create ? .unknownOutcome(reason) : .refused(reason: reason))
    case 429: return make(.throttled(retryAfter: retryAfter(response) ?? .seconds(60)))
    case 300..<500:
      // A refusal is the carrier's own; a page of some gateway in between proves nothing.
      if messages == nil, call == .create, response.status == 400 { return make(.unknownOutcome(reason)) }
      if let code, ["9150", "9151", "9155", "9153"].contains(code) {
        return make(.transient(retryAfter: nil))
      }
      return make(.refused(reason: reason))
    default:
      return make(call == .read ? .transient(retryAfter: nil) : .unknownOutcome(reason))
    }
  }

  static func error(_ error: HTTPClientError, _ call: Call) -> OutsideError {
    let classification: Classification
    switch error.code {
    case .originNotAllowed, .invalidURL: classification = .denied(error.message)
    default:
      classification =
        call == .read || !error.mayHaveReachedServer
        ? .transient(retryAfter: nil) : .unknownOutcome(error.message)
    }
    return OutsideError(service: service, message: error.message, classification: classification)
  }

  /// An answer of 200 that cannot be read; for a purchase that is an unknown outcome.
  static func unreadable(_ why: String) -> OutsideError {
    OutsideError(service: service, message: why, classification: .unknownOutcome(why))
  }

  static func xml(_ body: [UInt8]) throws(OutsideError) -> XMLElement {
    do { return try XMLElement.parse(body) } catch { throw unreadable(error.description) }
  }

  static func retryAfter(_ response: HTTPClientResponse) -> Duration? {
    response.headers["Retry-After"].flatMap { Int($0) }.map { .seconds($0) }
  }

  /// The carrier's own envelope; `nil` when the body is something else. It may be empty.
  private static func messages(in body: [UInt8]) -> [(code: String, description: String)]? {
    guard let root = try? XMLElement.parse(body), root.localName == "messages" else { return nil }
    return root.all("message").map { ($0.text(of: "code") ?? "", $0.text(of: "description") ?? "") }
  }
}
