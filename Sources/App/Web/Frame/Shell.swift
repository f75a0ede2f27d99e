import Kit
import People

/// What surrounds every page.
struct Shell: Sendable {
  var title: String
  var rooms: [Room]
  var assets: Assets
  var moments: Moments

  /// - Parameter session: whose page it is; `nil` before somebody signed in.
  func page(
    _ name: String, in room: Path?, scripts: [Asset] = [], session: Session?,
    saysNotice: Bool = true, _ content: Markup
  ) -> Markup {
    Tag.html(.lang("en")) {
      Tag.head {
        Tag.meta(.utf8)
        Tag.meta(.name("viewport"), .content("width=device-width, initial-scale=1"))
        Tag.meta(.name("color-scheme"), .content("light dark"))
        if let session { Tag.meta(.name("form-token"), .content(session.formToken)) }
        Tag.title { "\(name) · \(title)" }
        Tag.link(.rel("stylesheet"), .href(assets.style.path))
        Tag.link(.rel("icon"), .type("image/svg+xml"), .href(Icon.path))
        if session != nil {
          for script in [Assets.live] + scripts { Tag.script(.src(script.path), .deferred) }
        }
      }
      Tag.body(session == nil ? .class("outside") : nil) {
        Tag.a(.class("skip"), .href(Path("#content"))) { "Skip to the content" }
        head(room, session)
        Tag.main(.id("content"), .class("page")) {
          if saysNotice { notice(session) }
          content
        }
        if session != nil { foot }
      }
    }
  }

  @MarkupBuilder private func head(_ room: Path?, _ session: Session?) -> Markup {
    Tag.header(.class("top")) {
      Tag.a(.class("wordmark"), .href(.overview)) {
        Icon.mark
        Tag.span { title }
      }
      if let session {
        Tag.nav(.label("Rooms")) {
          for one in rooms where session.role.allows(one.sees) {
            Tag.a(.href(one.path), .current(one.path.text == room?.text)) {
              Icon.of(one)
              Tag.span { one.name }
            }
          }
        }
        Tag.div(.class("who")) {
          Tag.a(.href(.account), .current(room?.text == Path.account.text)) {
            Tag.span(.class("initials"), .hidden) { initials(session.fullName) }
            Tag.span(.class("who-name")) { session.fullName }
            Tag.span(.class("who-role")) { session.role.words }
          }
          Tag.form(.post, .action(.signOut)) {
            Tag.input(.type("hidden"), .name(Gate.tokenField), .value(session.formToken))
            Tag.button(.type("submit"), .class("quiet")) { "Sign out" }
          }
        }
      }
    }
  }

  private func initials(_ name: String) -> String {
    name.split(separator: " ").prefix(2).compactMap { $0.first.map(String.init) }.joined()
      .uppercased()
  }

  @MarkupBuilder private func notice(_ session: Session?) -> Markup {
    if let text = session?.notice, let mark = text.firstIndex(of: ":") {
      let tone = Tone(rawValue: String(text[..<mark])) ?? .calm
      Tag.p(.class("flash", tone.rawValue), .role("status")) {
        String(text[mark...].dropFirst(2))
      }
    }
  }

  private var foot: Markup {
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
