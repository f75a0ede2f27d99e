import Kit

/// What surrounds every page.
struct Layout: Sendable {
  enum Place: Sendable { case overview, orders, effects, nowhere }

  var title: String
  var moments: Moments

  func page(_ name: String, at place: Place, refreshes: Bool = false, _ content: Markup) -> Markup {
    Tag.html(.lang("en")) {
      Tag.head {
        Tag.meta(.utf8)
        Tag.meta(.name("viewport"), .content("width=device-width, initial-scale=1"))
        Tag.meta(.name("color-scheme"), .content("light dark"))
        if refreshes { Tag.meta(.refresh, .content("2")) }
        Tag.title { "\(name) · \(title)" }
        Tag.link(.rel("stylesheet"), .href(Stylesheet.path))
        Tag.link(.rel("icon"), .type("image/svg+xml"), .href(Icon.path))
      }
      Tag.body {
        Tag.a(.class("skip"), .href(Path("#content"))) { "Skip to the content" }
        head(place)
        Tag.main(.id("content")) { content }
        Tag.footer {
          Tag.p { "All times are UTC. Drawn at \(moments.text(moments.now))." }
          Tag.p(.class("machines")) {
            Tag.a(.href(Path("/orders.json"))) { "Orders as JSON" }
            Tag.a(.href(Path("/counts.json"))) { "Counts as JSON" }
            Tag.a(.href(Path("/metrics"))) { "Metrics" }
          }
        }
      }
    }
  }

  private func head(_ place: Place) -> Markup {
    Tag.header(.class("top")) {
      Tag.a(.class("wordmark"), .href(.overview)) {
        Icon.mark
        Tag.span { title }
      }
      Tag.nav(.label("Pages")) {
        Tag.a(.href(.overview), .current(place == .overview)) { "Overview" }
        Tag.a(.href(.orders), .current(place == .orders)) { "Orders" }
        Tag.a(.href(.effects), .current(place == .effects)) { "Effects" }
      }
    }
  }
}

/// The mark: a crate on a quay over one wave.
enum Icon {
  static let path = Path("/icon.svg")

  static var mark: Markup {
    Tag.svg(.class("mark"), .viewBox("0 0 32 32"), .hidden) { drawing }
  }

  private static var drawing: Markup {
    Tag.path(.class("crate"), .d("M10 4h12v10H10z")) + Tag.path(.class("quay"), .d("M3 16h26v4H3z"))
      + Tag.path(
        .class("wave"),
        .d("M3 25q3.25-3.5 6.5 0t6.5 0t6.5 0t6.5 0v3q-3.25 3.5-6.5 0t-6.5 0t-6.5 0t-6.5 0z"))
  }

  /// The same for a tab, where no style sheet reaches.
  static let file = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
    <rect width="32" height="32" rx="7" fill="#0d3b4a"/>
    <path fill="#f2b84b" d="M11 6h10v8H11z"/><path fill="#fff" d="M5 16h22v3H5z"/>
    <path fill="#6cc5dc"
    d="M5 23q2.75-3 5.5 0t5.5 0t5.5 0t5.5 0v2.5q-2.75 3-5.5 0t-5.5 0t-5.5 0t-5.5 0z"/>
    </svg>
    """
}
