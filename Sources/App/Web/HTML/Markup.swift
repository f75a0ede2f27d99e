import HTTP

/// HTML that is well-formed and safe by construction.
///
/// A `String` only ever gets in as text or as an attribute's value, and both escape it. There is no
/// way to hand in markup as a string, and no attribute that could carry script or style.
package struct Markup: Sendable {
  /// The HTML written so far.
  package private(set) var html: String

  private init(trusted html: String) { self.html = html }

  /// Nothing.
  package init() { html = "" }

  /// Text, escaped.
  package init(_ text: String) { html = HTMLText.escape(text) }

  /// A whole document, for an answer's body.
  package var document: String { "<!doctype html>\n" + html + "\n" }

  package static func + (a: Markup, b: Markup) -> Markup { Markup(trusted: a.html + b.html) }

  fileprivate static func element(
    _ tag: Tag, _ attributes: [Attribute], _ content: Markup
  ) -> Markup {
    var html = "<" + tag.rawValue
    for attribute in attributes { html += " " + attribute.html }
    html += ">"
    if !tag.isVoid { html += content.html + "</" + tag.rawValue + ">" }
    return Markup(trusted: html)
  }
}

/// The elements that our pages are made of; `Tag.p(.class("soft")) { "text" }` makes one.
package enum Tag: String, Sendable {
  case html, head, title, meta, link, body, header, nav, main, footer, section
  case h1, h2, h3, p, div, span, strong, small, code, time, a, ul, ol, li, dl, dt, dd
  case table, caption, thead, tbody, tr, th, td
  case form, fieldset, legend, label, input, textarea, select, option, button, datalist
  case svg, rect, path, circle, script, iframe, img, details, summary, article, aside, dialog
  case b, i, em, mark, hr, br, pre, blockquote, output, progress, template, video, canvas

  var isVoid: Bool {
    switch self {
    case .meta, .link, .input, .img, .hr, .br: true
    default: false
    }
  }

  package func callAsFunction(
    _ attributes: Attribute?..., @MarkupBuilder content: () -> Markup = { Markup() }
  ) -> Markup {
    .element(self, attributes.compactMap { $0 }, content())
  }

  /// With attributes of the caller's after those of its own.
  func callAsFunction(
    _ first: Attribute, _ second: Attribute, _ more: [Attribute],
    @MarkupBuilder content: () -> Markup
  ) -> Markup { .element(self, [first, second] + more, content()) }
}

/// Puts text and elements one after the other.
@resultBuilder
package enum MarkupBuilder {
  package static func buildExpression(_ markup: Markup) -> Markup { markup }
  package static func buildExpression(_ text: String) -> Markup { Markup(text) }
  package static func buildBlock(_ parts: Markup...) -> Markup { parts.reduce(Markup(), +) }
  package static func buildOptional(_ part: Markup?) -> Markup { part ?? Markup() }
  package static func buildEither(first part: Markup) -> Markup { part }
  package static func buildEither(second part: Markup) -> Markup { part }
  package static func buildArray(_ parts: [Markup]) -> Markup { parts.reduce(Markup(), +) }
}
