import HTTP
import PackingBench

extension PageProblem {
  init(_ problem: PackingService.LabelProblem) {
    self =
      switch problem {
      case .noSuchSession, .noSuchOrder: .notFound(problem.description)
      case .notNow, .damaged: .refused(problem.description)
      }
  }
}

extension HTTPResponse {
  /// A label as PDF, if it is to be had now. The browser's own viewer shows it within our page, and runs
  /// nothing of it.
  static func label(_ bytes: () async throws -> [UInt8]) async throws -> HTTPResponse {
    do {
      var response = HTTPResponse.bytes(try await bytes(), type: "application/pdf")
      response.headers["Content-Disposition"] = "inline; filename=\"label.pdf\""
      response.headers["Content-Security-Policy"] =
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; "
        + "frame-ancestors 'self'"
      response.headers["X-Frame-Options"] = "SAMEORIGIN"
      return response
    } catch let problem as PackingService.LabelProblem {
      throw PageProblem(problem)
    }
  }
}
