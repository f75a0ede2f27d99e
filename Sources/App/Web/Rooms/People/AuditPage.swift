import HTTP
import Kit
import Ledger

/// Who did what, when and from where; newest first.
struct AuditPage: Sendable {
  static let listed = 100

  let visit: Visit
  let entries: [AuditEntry]
  let actor: String?
  /// Where the next page begins; `nil` on the last one.
  let next: Int64?

  init(_ visit: Visit) async throws {
    self.visit = visit
    actor = visit.request.query("who").flatMap(Text.trimmed)
    let before = visit.request.query("before").flatMap { Int64($0) }
    let found = try await visit.ledger.audit(actor: actor, before: before, limit: Self.listed + 1)
    entries = Array(found.prefix(Self.listed))
    next = found.count > Self.listed ? entries.last?.entryID : nil
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.people)) { "People" } }
        Tag.h1 { "Audit trail" }
      }
      Tag.form(.class("search"), .role("search"), .get, .action(.audit)) {
        Tag.label(.for("who"), .class("unseen")) { "Name" }
        Tag.input(
          .type("search"), .id("who"), .name("who"), .value(actor ?? ""), .placeholder("Who"),
          .noAutocomplete)
        Tag.button(.type("submit")) { "Show" }
      }
    }
      + Tag.section(.class("panel"), .id("trail"), .label("Acts"), .refreshes(on: "people")) {
        if entries.isEmpty {
          Parts.empty("Nothing here", "Everything that people do is written down here, for good.")
        } else {
          table
        }
      }
      + Tag.nav(.class("pages"), .label("Pages of the list")) {
        if let next {
          Tag.a(
            .class("button"),
            .href(Path.audit.query("who", actor).query("before", String(next)))
          ) { "Older acts" }
        }
      }
  }

  private var table: Markup {
    Table<AuditEntry>(
      caption: "Acts, newest first", kind: "audit",
      columns: [
        .init("When") { visit.moments.pair($0.at) },
        .init("Who") { entry in
          Tag.a(.href(Path.audit.query("who", entry.actor))) { entry.actor }
            + Tag.small { entry.address }
        },
        .init("What") { entry in Tag.strong { Words.act(entry.action) } },
        .init("To what") { subject($0.subject) },
        .init("Detail") { Markup($0.detail) },
      ],
      isTrouble: { $0.action.hasSuffix(".refused") || $0.action.hasSuffix(".locked") }
    ).markup(entries)
  }

  private func subject(_ subject: String) -> Markup {
    guard subject.hasPrefix("order:") else { return Markup(subject) }
    return Parts.orderLink(String(subject.dropFirst("order:".count)))
  }
}
