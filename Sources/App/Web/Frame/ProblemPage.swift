import Kit

/// What a page says when it cannot say what was asked.
struct ProblemPage: Sendable {
  var problem: PageProblem

  func markup() -> Markup {
    Tag.div(.class("problem")) {
      Tag.p(.class("problem-code"), .hidden) { String(problem.status) }
      Tag.h1 { problem.headline }
      Tag.p { problem.words }
      Tag.p {
        Tag.a(.class("button"), .href(.overview)) { "To the overview" }
      }
    }
  }
}
