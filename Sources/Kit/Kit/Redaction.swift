import Synchronization

/// Keeps secrets out of logs, records and pages.
public enum Redaction {
  public static let mark = "[redacted]"

  private static let secretHeaders: Set<String> = [
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key",
    "x-ibm-client-id", "x-ibm-client-secret", "idempotency-key-secret",
  ]

  private static let secrets = Mutex<[String]>([])

  /// Values that are replaced wherever they turn up. Values under 4 characters are too common.
  public static func register(_ values: [String]) {
    secrets.withLock { known in
      for value in values where value.utf8.count >= 4 && !known.contains(value) {
        known.append(value)
      }
    }
  }

  public static func headers(_ headers: [(String, String)]) -> [(String, String)] {
    headers.map { secretHeaders.contains($0.0.lowercased()) ? ($0.0, mark) : ($0.0, text($0.1)) }
  }

  /// A label's address holds the user half of the carrier's key; old keys travel in queries.
  public static func url(_ url: String) -> String {
    var url = text(url)
    if let range = url.firstRange(of: "/artifact/") {
      let rest = url[range.upperBound...]
      if let slash = rest.firstIndex(of: "/") {
        url.replaceSubrange(range.upperBound..<slash, with: mark)
      }
    }
    for key in ["api_key=", "key=", "token=", "page_token="] {
      guard let range = url.firstRange(of: key) else { continue }
      let end = url[range.upperBound...].firstIndex(of: "&") ?? url.endIndex
      url.replaceSubrange(range.upperBound..<end, with: mark)
    }
    return url
  }

  public static func text(_ text: String) -> String {
    let known = secrets.withLock { $0 }
    var text = text
    for secret in known where text.contains(secret) {
      text = text.replacing(secret, with: mark)
    }
    return text
  }

  /// The same for bytes, which stay as they are when no secret is in them.
  public static func bytes(_ bytes: [UInt8]) -> [UInt8] {
    let known = secrets.withLock { $0 }
    guard !known.isEmpty else { return bytes }
    var bytes = bytes
    for secret in known {
      let wanted = Array(secret.utf8)
      while let range = bytes.firstRange(of: wanted) {
        bytes.replaceSubrange(range, with: Array(mark.utf8))
      }
    }
    return bytes
  }
}
