import Booking
import Cryptography
import HTTP

/// The frame of our two pages.
enum HTML {
  static func document(_ title: String, _ body: String) -> String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
    <title>\(HTMLText.escape(title))</title><style>\(PageStyle.text)</style></head>
    <body><main>\(body)</main></body></html>

    """
  }
}

enum PageStyle {
  static let text = """
    :root{color-scheme:light dark;--line:#8886;--soft:#888;--yes:#0d6b4a}\
    body{font:1rem/1.5 system-ui,sans-serif;margin:0}main{max-width:46rem;margin:0 auto;padding:1.5rem}\
    table{border-collapse:collapse;width:100%;margin:1rem 0}\
    th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}\
    td.n{text-align:right}code{font:.9em ui-monospace,monospace}\
    form{display:inline-block;margin:.5rem 1rem .5rem 0}\
    button{font:inherit;padding:.8rem 1.6rem;border-radius:.5rem;border:1px solid var(--line)}\
    button.yes{background:var(--yes);color:#fff;border-color:var(--yes)}\
    .soft{color:var(--soft)}h2{margin-top:2.5rem}pre{overflow:auto;padding:1rem;border:1px solid var(--line)}
    """

  /// The one style that the pages may use, by its digest.
  static let source = "'sha256-\(Base64.encode(SHA256.hash(text.utf8)))'"
}

extension BookingAPI {
  /// A page that can do nothing but be read and, where it has a form, be answered.
  static func page(_ html: String, style: String, status: Int = 200) -> HTTPResponse {
    var response = HTTPResponse.html(html, status: status)
    response.headers["Content-Security-Policy"] =
      "default-src 'none'; style-src \(PageStyle.source); form-action 'self'; base-uri 'none'; "
      + "frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
  }
}
