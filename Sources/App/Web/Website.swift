import Conversations
public import HTTP
import Kit
import Ledger
public import People
import Postgres

/// The web application: who comes in, which room answers, and what is said when none can.
public struct Website: Sendable {
  /// Of a request that a server in front of this lets through; each route has a limit of its own, and
  /// none has a larger one.
  public static let bodyBytesMax = filesBytesMax + (1 << 20)
  /// Of all files that come with one form.
  static let filesBytesMax = AttachmentRules.sumBytesMax

  let services: Services
  let settings: SiteSettings
  let gate: Gate
  let live: Live
  let assets: Assets
  let rooms: [Room]
  let table: RouteTable

  /// - Parameter more: rooms beside those that always are, such as a demo's.
  public init(_ services: Services, _ settings: SiteSettings, more: [Room] = []) {
    self.services = services
    self.settings = settings
    rooms = Room.all + more
    gate = Gate(ledger: services.ledger, settings: settings)
    let live = Live(ledger: services.ledger)
    self.live = live
    assets = Assets(rooms)
    table = RouteTable(rooms, [live.route])
  }

  /// Every address behind the door, with the capability that it needs.
  public var map: [(method: String, path: String, needs: Capability)] {
    table.routes.map { ($0.method, $0.path, $0.needs) }
  }

  /// Answers one request; every failure becomes an answer too.
  public func answer(_ request: HTTPRequest) async -> HTTPResponse {
    let isForPrograms = Self.isForPrograms(request)
    var session: Session?
    do {
      if let open = try await openAnswer(request) { return Shield.over(open) }
      session = try await gate.session(of: request)
      guard let session else { return Shield.over(outside(request, isForPrograms)) }
      return Shield.over(try await answer(request, session))
    } catch let problem as PageProblem {
      return Shield.over(failure(problem, session, isForPrograms))
    } catch let error as PostgresError {
      return Shield.over(failure(error, session, isForPrograms))
    } catch {
      let problem = PageProblem(
        status: 500, headline: "Something went wrong", words: "It was not your fault.")
      return Shield.over(failure(problem, session, isForPrograms))
    }
  }

  // MARK: Without a session

  /// What anybody may ask: files of the pages, the way in, and what machines watch.
  private func openAnswer(_ request: HTTPRequest) async throws -> HTTPResponse? {
    let path = request.rawPath
    switch path {
    case "/healthz": return reading(request) ? await health() : Self.onlyReading
    case "/metrics": return reading(request) ? await metricsText() : Self.onlyReading
    case "/icon.svg", "/favicon.ico": return .text(Icon.file, type: "image/svg+xml")
    case "/sign-in": return try await gate.signIn(request, shell)
    default: break
    }
    guard path.hasPrefix("/static/") else { return nil }
    return assets[String(path.dropFirst("/static/".count))]?.response
      ?? .text("not found\n", status: 404)
  }

  private func reading(_ request: HTTPRequest) -> Bool {
    request.method == "GET" || request.method == "HEAD"
  }

  private static let onlyReading = HTTPResponse(
    status: 405, headers: ["Allow": "GET, HEAD"], body: .bytes([]))

  /// Nobody is signed in: people are shown the way in, programs are told.
  private func outside(_ request: HTTPRequest, _ isForPrograms: Bool) -> HTTPResponse {
    guard !isForPrograms else {
      return .json(
        ["error": ["code": "SIGN_IN", "message": "sign in first: this needs a session"]],
        status: 401)
    }
    let then = request.method == "GET" && request.rawPath != "/" ? request.target : nil
    return .redirect(to: Path.signIn.query("then", then))
  }

  // MARK: With a session

  private func answer(_ request: HTTPRequest, _ session: Session) async throws -> HTTPResponse {
    if request.rawPath == "/sign-out", request.method == "POST" {
      try gate.check(request, try Form(request), token: session.formToken)
      return try await gate.signOut(session)
    }
    switch table.find(request) {
    case .nothing: throw PageProblem.notFound("Nothing of ours is at this address.")
    case .otherMethod(let methods):
      let problem = PageProblem(
        status: 405, headline: "Not possible",
        words: "This address takes \(methods.joined(separator: ", ")).")
      var response = failure(problem, session, Self.isForPrograms(request))
      response.headers["Allow"] = methods.joined(separator: ", ")
      return response
    case .route(let route, let captures):
      guard session.role.allows(route.needs) else {
        let act = Act(session.actor, "page.refused", on: "page:" + route.path, request.method)
        try await services.ledger.record(act)
        throw PageProblem.forbidden(
          "Your account (\(session.role.words.lowercased())) is not for this. Ask an owner.")
      }
      var form = Form.empty
      if request.method != "GET", request.method != "HEAD" {
        guard request.body.count <= route.bodyBytesMax else { throw PageProblem.tooLong }
        form = try Form(request)
        try gate.check(request, form, token: session.formToken)
      }
      return try await route.handler(
        Visit(
          services: services, request: request, captures: captures, session: session, form: form,
          shell: shell))
    }
  }

  var shell: Shell {
    Shell(title: settings.title, rooms: rooms, assets: assets, moments: Moments(now: .now()))
  }

  // MARK: Trouble

  /// Scripts and programs read JSON, people pages.
  static func isForPrograms(_ request: HTTPRequest) -> Bool {
    let path = request.rawPath
    return path.hasSuffix(".json") || path == "/events"
      || request.headers[Gate.tokenHeader] != nil
  }

  private func failure(
    _ problem: PageProblem, _ session: Session?, _ isForPrograms: Bool
  ) -> HTTPResponse {
    if isForPrograms {
      return .json(
        ["error": ["code": .string(problem.code), "message": .string(problem.words)]],
        status: problem.status)
    }
    let page = shell.page(
      problem.headline, in: nil, session: session, ProblemPage(problem: problem).markup())
    return .html(page.document, status: problem.status)
  }

  private func failure(
    _ error: PostgresError, _ session: Session?, _ isForPrograms: Bool
  ) -> HTTPResponse {
    guard !isForPrograms else { return .problem(error, correlationID: nil) }
    let problem =
      switch error.classification {
      case .transient, .throttled, .unknownOutcome:
        PageProblem(
          status: 503, headline: "Not right now",
          words: "Sorry, \(error.description). Try again in a moment.")
      case .invalid: PageProblem.unclear("Sorry, \(error.description).")
      default:
        PageProblem(
          status: 500, headline: "Something went wrong", words: "Sorry, \(error.description).")
      }
    return failure(problem, session, false)
  }

  // MARK: Machines

  private func metricsText() async -> HTTPResponse {
    let counts = try? await services.ledger.counts()
    return .text(services.metrics.text() + Gauges.text(counts), type: "text/plain; version=0.0.4")
  }

  /// The cheapest question that only the database can answer.
  private func health() async -> HTTPResponse {
    do {
      _ = try await services.ledger.facts(of: [])
      return .text("ok\n")
    } catch {
      return .text("\(error.description)\n", status: 503)
    }
  }
}
