import HTTP
import HTTPClient
import Kit

/// The error body that Google's services share:
/// `{"error":{"code","message","status","details":[{"@type","reason","errorCode"}]}}`.
struct GoogleErrorBody {
  static let retryAfterMax = Duration.hours(1)
  static let wordsMax = 300

  /// `RESOURCE_EXHAUSTED`, `PERMISSION_DENIED`, ...
  var status: String?
  /// The detail's own code: `RATE_LIMIT_EXCEEDED`, `UNREGISTERED`, ...
  var detail: String?
  var message: String?
  /// A page of some machine in between, or nothing that can be read.
  var isForeign: Bool

  init(_ body: [UInt8]) {
    let value = try? JSONValue.parse(body, limits: JSONLimits(bytes: 1 << 20))
    let error = value?["error"]
    isForeign = error?.kind != .object
    status = error?["status"]?.string
    message = error?["message"]?.string.map(Self.shown)
    for entry in error?["details"]?.elements.prefix(20) ?? [] where detail == nil {
      detail = entry["errorCode"]?.string ?? entry["reason"]?.string
    }
  }

  /// Somebody else's words, fit for a line of ours.
  static func shown(_ text: String) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text.unicodeScalars.prefix(wordsMax).map { $0.value < 32 ? " " : $0 })
    return Redaction.text(String(view))
  }

  /// Whole seconds, bounded.
  static func retryAfter(_ headers: HTTPHeaders) -> Duration? {
    guard let text = headers["Retry-After"], let seconds = Int64(text), seconds >= 0 else {
      return nil
    }
    return min(.seconds(min(seconds, 1 << 32)), retryAfterMax)
  }
}
