public import HTTP
public import Kit
import Ledger
public import Operations
import Postgres

/// The read-only pages over the ledger: what stands where, what needs a person, what happened to an
/// order. Nothing here changes anything.
public struct Website: Sendable {
  let ledger: Ledger
  let metrics: Metrics
  let title: String

  /// - Parameter title: what the pages call themselves.
  public init(desk: Desk, metrics: Metrics, title: String) {
    ledger = desk.ledger
    self.metrics = metrics
    self.title = title
  }

  /// Answers one request; every failure becomes an answer too.
  public func answer(_ request: HTTPRequest) async -> HTTPResponse {
    guard let route = Route(request.path) else {
      return Shield.over(problem(404, "No such page", "Nothing of ours is at this address."))
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      var response = problem(405, "Not possible", "These pages can only be read.")
      response.headers["Allow"] = "GET, HEAD"
      return Shield.over(response)
    }
    do {
      return Shield.over(try await answer(route, request))
    } catch let error as OrderQuery.Unclear {
      return Shield.over(failure(400, "Unclear question", error.words, for: route))
    } catch let error as PostgresError {
      return Shield.over(failure(error, for: route))
    } catch {
      return Shield.over(failure(500, "Something went wrong", "It was not your fault.", for: route))
    }
  }

  private func answer(_ route: Route, _ request: HTTPRequest) async throws -> HTTPResponse {
    switch route {
    case .overview: try await overview(isStill: request.query("still") != nil)
    case .orders: try await orders(OrderQuery(request))
    case .ordersDocument: try await ordersDocument(OrderQuery(request))
    case .order(let id): try await order(id)
    case .orderDocument(let id): try await orderDocument(id)
    case .effects: try await effects(request.query("state"))
    case .counts: .json(Documents.counts(try await ledger.counts()))
    case .metrics: await metricsText()
    case .health: await health()
    case .style: Stylesheet.response
    case .icon: .text(Icon.file, type: "image/svg+xml")
    }
  }

  var layout: Layout { Layout(title: title, moments: Moments(now: .now())) }

  func problem(_ status: Int, _ headline: String, _ words: String) -> HTTPResponse {
    let page = ProblemPage(headline: headline, words: words, layout: layout)
    return .html(page.markup().document, status: status)
  }

  private func failure(_ error: PostgresError, for route: Route) -> HTTPResponse {
    guard !route.isForPrograms else { return .problem(error, correlationID: nil) }
    switch error.classification {
    case .transient, .throttled:
      return problem(503, "Not right now", "Sorry, \(error.description). Try again in a moment.")
    case .invalid: return problem(400, "Unclear question", "Sorry, \(error.description).")
    default: return problem(500, "Something went wrong", "Sorry, \(error.description).")
    }
  }

  private func failure(
    _ status: Int, _ headline: String, _ words: String, for route: Route
  ) -> HTTPResponse {
    guard route.isForPrograms else { return problem(status, headline, words) }
    let code = status == 400 ? "INVALID" : "INTERNAL"
    return .json(["error": ["code": .string(code), "message": .string(words)]], status: status)
  }
}
