/// Why a page cannot do or show what was asked, in words for whoever asked.
struct PageProblem: Error, Equatable {
  let status: Int
  let headline: String
  let words: String

  /// For programs.
  var code: String {
    switch status {
    case 400: "INVALID"
    case 401: "SIGN_IN"
    case 403: "DENIED"
    case 404: "NOT_FOUND"
    case 405: "METHOD_NOT_ALLOWED"
    case 409: "CONFLICT"
    case 413: "TOO_LARGE"
    case 429: "TOO_MANY_REQUESTS"
    default: "INTERNAL"
    }
  }

  static func unclear(_ words: String) -> PageProblem {
    PageProblem(status: 400, headline: "That was not clear", words: words)
  }

  static func notFound(_ words: String) -> PageProblem {
    PageProblem(status: 404, headline: "Not found", words: words)
  }

  /// Understood, and not possible as things are.
  static func refused(_ words: String) -> PageProblem {
    PageProblem(status: 409, headline: "Not possible now", words: words)
  }

  static func forbidden(_ words: String) -> PageProblem {
    PageProblem(status: 403, headline: "Not yours to do", words: words)
  }

  static let tooLong = PageProblem(
    status: 413, headline: "Too large", words: "What you sent is larger than this page takes.")
}
