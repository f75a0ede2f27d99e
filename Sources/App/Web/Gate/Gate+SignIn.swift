import Cryptography
import HTTP
import Kit
import Ledger
import People
import Postgres

extension Gate {
  /// Of nobody: looked at for names that do not exist, so that an answer takes as long.
  private static let nobodysPassword =
    "$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
  private static let doorLife = Duration.hours(1)

  /// `/sign-in`: shows the form, or takes it.
  func signIn(_ request: HTTPRequest, _ shell: Shell) async throws -> HTTPResponse {
    let isFirst = try await ledger.isDoorOpen()
    guard request.method == "POST" else {
      return page(request, shell, SignInPage(isFirst: isFirst, then: then(of: request)))
    }
    guard request.body.count <= PageRoute.bodyBytesMax else { throw PageProblem.tooLong }
    let form = try Form(request)
    var page = SignInPage(
      isFirst: isFirst, name: form["name"] ?? "", fullName: form["full_name"] ?? "",
      then: form["then"] ?? "")
    guard let door = cookies.value(cookies.door, of: request) else {
      page.problem = "Your browser kept no cookie of this page. Allow cookies, then try again."
      return self.page(request, shell, page, status: 400)
    }
    try check(request, form, token: Session.formToken(of: door))
    guard waiting.enter() else {
      page.problem = "Too many people are signing in at this moment. Try again in a few seconds."
      return self.page(request, shell, page, status: 429)
    }
    defer { waiting.leave() }
    return form.raw("first") == nil
      ? try await comeIn(request, shell, form, page)
      : try await beFirst(request, shell, form, page)
  }

  private func comeIn(
    _ request: HTTPRequest, _ shell: Shell, _ form: Form, _ page: SignInPage
  ) async throws -> HTTPResponse {
    var page = page
    let name = SignInRules.name(page.name) ?? page.name.prefix(60).lowercased()
    let address = address(of: request)
    guard let tryID = try await ledger.beginTry(name: name, address: address, settings.rules) else {
      let visitor = Actor(personID: nil, name: name, address: address)
      try await ledger.record(Act(visitor, "sign_in.locked", on: "person:" + name))
      page.problem = "Too many wrong tries. Wait a quarter of an hour, then try again."
      return self.page(request, shell, page, status: 429)
    }
    let known = try await ledger.password(of: name)
    let isRight = await Scrypt.verify(
      form.raw("password") ?? "", against: known?.hash ?? Self.nobodysPassword)
    guard let known, isRight else {
      let visitor = Actor(personID: known?.personID, name: name, address: address)
      try await ledger.record(Act(visitor, "sign_in.refused", on: "person:" + name))
      page.problem = "That name and password do not belong together."
      return self.page(request, shell, page, status: 403)
    }
    let actor = Actor(personID: known.personID, name: name, address: address)
    return try await welcome(actor, known.personID, request, tryID: tryID, then: page.then)
  }

  private func beFirst(
    _ request: HTTPRequest, _ shell: Shell, _ form: Form, _ page: SignInPage
  ) async throws -> HTTPResponse {
    var page = page
    let password = form.raw("password") ?? ""
    guard let name = SignInRules.name(page.name) else {
      page.problem = "A name has 2 to 60 letters, digits, dots, dashes, or is an e-mail address."
      return self.page(request, shell, page, status: 400)
    }
    guard !page.fullName.isEmpty, page.fullName.count <= SignInRules.fullNameMax else {
      page.problem = "Tell us what people call you, in at most 80 characters."
      return self.page(request, shell, page, status: 400)
    }
    if let problem = SignInRules.problem(withPassword: password, name: name) {
      page.problem = problem
      return self.page(request, shell, page, status: 400)
    }
    guard password == form.raw("again") else {
      page.problem = "The two passwords are not the same."
      return self.page(request, shell, page, status: 400)
    }
    let address = address(of: request)
    let owner = NewPerson(
      name: name, fullName: page.fullName, role: .owner,
      passwordHash: try await Scrypt.hash(password))
    guard let personID = try await ledger.addFirstOwner(owner, from: address) else {
      page.isFirst = false
      page.problem = "Somebody was first: this house has an owner. Ask them for an account."
      return self.page(request, shell, page, status: 409)
    }
    let actor = Actor(personID: personID, name: name, address: address)
    return try await welcome(actor, personID, request, tryID: nil, then: "")
  }

  /// A new session with a new token, whatever the browser brought.
  private func welcome(
    _ actor: Actor, _ personID: Int64, _ request: HTTPRequest, tryID: Int64?, then: String
  ) async throws -> HTTPResponse {
    let token = Session.newToken()
    try await ledger.beginSession(
      Session.digest(of: token), of: actor, personID: personID,
      browser: request.headers["User-Agent"] ?? "", tryID: tryID, settings.rules)
    var response = HTTPResponse(status: 303, headers: ["Location": Self.safe(then)])
    response.headers.append(
      "Set-Cookie", cookies.set(cookies.session, to: token, life: settings.rules.life))
    response.headers.append("Set-Cookie", cookies.set(cookies.door, to: "", life: nil))
    return response
  }

  func signOut(_ session: Session) async throws -> HTTPResponse {
    try await ledger.endSession(session.digest, by: session.actor)
    var response = HTTPResponse.redirect(to: .signIn)
    response.headers.append("Set-Cookie", cookies.set(cookies.session, to: "", life: nil))
    return response
  }

  private func page(
    _ request: HTTPRequest, _ shell: Shell, _ page: SignInPage, status: Int = 200
  ) -> HTTPResponse {
    let known = cookies.value(cookies.door, of: request)
    let door = known ?? Session.newToken()
    let markup = page.markup(shell, formToken: Session.formToken(of: door))
    var response = HTTPResponse.html(markup.document, status: status)
    if known == nil {
      response.headers.append(
        "Set-Cookie", cookies.set(cookies.door, to: door, life: Self.doorLife))
    }
    return response
  }

  /// Where to go on after signing in: an address of ours, or the overview.
  static func safe(_ target: String) -> String {
    let bytes = Array(target.utf8)
    guard bytes.first == UInt8(ascii: "/"), bytes.count <= 2_000,
      bytes.count < 2 || bytes[1] != UInt8(ascii: "/") && bytes[1] != UInt8(ascii: "\\"),
      bytes.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") })
    else { return "/" }
    return target
  }

  private func then(of request: HTTPRequest) -> String { request.query("then") ?? "" }
}
