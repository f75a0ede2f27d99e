import Cryptography
import Kit

/// What comes back with the answer of a dialog: which draft was asked about, and the question's secret.
///
/// It needs no seal of its own. The secret is known by its digest alone, in the row of the one question
/// that it belongs to, with draft, version, summary, key and end; whatever else is sent here finds no
/// row, and a row that was answered is not answered again.
struct QuestionState: Sendable, Equatable {
  /// The draft that the dialog was about.
  var draftID: UUIDv7
  var secret: String
  /// The user was sent to our page instead of being shown a form.
  var isPage: Bool

  private static let prefix = "qsq1"

  var text: String { "\(Self.prefix).\(isPage ? "p" : "f").\(draftID.text).\(secret)" }

  init(draftID: UUIDv7, secret: String, isPage: Bool) {
    self.draftID = draftID
    self.secret = secret
    self.isPage = isPage
  }

  /// `nil` for what is no state of ours.
  init?(_ text: String) {
    guard text.utf8.count <= 256 else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == Self.prefix, parts[1] == "p" || parts[1] == "f",
      let draftID = UUIDv7(text: String(parts[2])),
      parts[1] == "p" || Base64.decodeURL(parts[3])?.count == 32
    else { return nil }
    self.init(draftID: draftID, secret: String(parts[3]), isPage: parts[1] == "p")
  }
}
