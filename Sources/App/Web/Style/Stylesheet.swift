import HTTP
import Kit

/// The one style sheet. It may be kept forever: its address changes with it.
enum Stylesheet {
  static let text = [tokens, base, frame, tables, pieces].joined(separator: "\n")

  static let path = Path("/style.css").query("v", version)

  static var response: HTTPResponse {
    var response = HTTPResponse.text(text, type: "text/css")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
  }

  /// FNV-1a: a different text gets a different address.
  private static let version: String = {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 36)
  }()
}
