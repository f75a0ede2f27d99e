import HTTP
import Kit
import Ledger
import People
import Postgres

/// One request of somebody who is signed in and may do what it asks for.
struct Visit: Sendable {
  let services: Services
  let request: HTTPRequest
  let captures: [String: String]
  let session: Session
  let form: Form
  let shell: Shell

  var ledger: Ledger { services.ledger }
  var now: Timestamp { shell.moments.now }
  var moments: Moments { shell.moments }

  func can(_ capability: Capability) -> Bool { session.role.allows(capability) }

  /// A capture of the route's pattern.
  subscript(_ name: String) -> String { captures[name] ?? "" }

  var actor: Actor { session.actor }

  /// For the audit trail: `visit.act("order.hold", on: "order:\(id)", reason)`.
  func act(_ action: String, on subject: String, _ detail: String = "") -> Act {
    Act(actor, action, on: subject, detail)
  }

  // MARK: Answering

  /// A whole page in the frame. What the session was told to say is said here, once.
  ///
  /// - Parameter room: the path of the room that the navigation marks.
  /// - Parameter scripts: of this page, beside the frame's own.
  func page(
    _ name: String, in room: Path, scripts: [Asset] = [], status: Int = 200, _ content: Markup
  ) async throws -> HTTPResponse {
    // What a page asks for by itself, to be up to date, is not what the notice is for.
    let isAsked = request.headers["X-Live"] == nil
    if session.notice != nil, isAsked { try await ledger.setNotice(nil, of: session.digest) }
    let page = shell.page(
      name, in: room, scripts: scripts, session: session, saysNotice: isAsked, content)
    return .html(page.document, status: status)
  }

  /// After a POST: goes on to a page, which says these words once.
  func done(
    _ path: Path, _ words: String, _ tone: Tone = .good
  ) async throws -> HTTPResponse {
    try await ledger.setNotice("\(tone.rawValue): \(words)", of: session.digest)
    return .redirect(to: path)
  }

  // MARK: Forms

  /// A form that posts to us, with the token that proves it is ours.
  func form(
    to path: Path, _ attributes: Attribute..., @MarkupBuilder content: () -> Markup
  ) -> Markup {
    Tag.form(.post, .action(path), attributes) {
      Tag.input(.type("hidden"), .name(Gate.tokenField), .value(session.formToken))
      content()
    }
  }

  /// Makes a form one of its kind: the same form sent twice acts once.
  var formKey: Markup {
    Tag.input(.type("hidden"), .name("key"), .value(UUIDv7.make().text))
  }

  /// The key of the form that was sent; `nil` where it has none.
  func sentFormKey() throws(PageProblem) -> String? {
    guard let text = form["key"] else { return nil }
    guard let key = UUIDv7(text: text) else {
      throw .unclear("That form's key cannot be read; open the page anew.")
    }
    return "form:\(key.text)"
  }

  /// A form of one button.
  func button(
    _ words: String, to path: Path, _ kind: ButtonKind = .plain
  ) -> Markup {
    form(to: path, .class("one-button")) {
      Tag.button(.type("submit"), .class(kind.rawValue)) { words }
    }
  }
}

enum ButtonKind: String, Sendable { case plain, main, danger }

extension HTTPResponse {
  /// 303: the browser goes on with a GET.
  static func redirect(to path: Path) -> HTTPResponse {
    HTTPResponse(status: 303, headers: ["Location": path.text])
  }
}
