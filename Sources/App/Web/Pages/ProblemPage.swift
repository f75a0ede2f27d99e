import Kit

/// What a page says when it cannot say what was asked.
struct ProblemPage: Sendable {
  var headline: String
  var words: String
  var layout: Layout

  func markup() -> Markup {
    layout.page(
      headline, at: .nowhere,
      Tag.div(.class("problem")) {
        Tag.h1 { headline }
        Tag.p { words }
        Tag.p {
          Tag.a(.class("button"), .href(.overview)) { "To the overview" }
        }
      })
  }
}
