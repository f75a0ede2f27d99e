import HTTP
import Kit
import Packing

/// A line of the order with what it is made of, in letters for an arm's length.
struct PackingLines {
  let session: PackingSession
  let line: PackingLine

  func markup() -> Markup {
    Tag.section(.class("packing-line"), .label(line.title)) {
      Tag.div(.class("packing-line-head")) {
        Tag.h2 { line.model ?? (line.title.isEmpty ? line.sku : line.title) }
        Tag.p {
          if line.quantity != 1 { Tag.strong { "\(line.quantity) × " } }
          Tag.span { line.model == nil ? line.sku : line.title }
          if let variant = line.variant { Tag.code { variant } }
        }
      }
      Tag.ul(.class("items")) {
        for item in session.bill.items where item.lineID == line.lineID { row(item) }
      }
    }
  }

  private func row(_ item: PackingItem) -> Markup {
    let count = session.count(of: item)
    let isDone = count >= item.needed
    let placed = session.placed.filter { $0.itemKey == item.key }
    return Tag.li(.class("item", isDone ? "done" : count > 0 ? "begun" : "")) {
      Tag.span(.class("item-count")) {
        Tag.span(.class("unseen")) { isDone ? "complete: " : "" }
        "\(count)/\(item.needed)"
      }
      Tag.div(.class("item-what")) {
        Tag.strong { item.name }
        Tag.small { item.detail + (item.asksSerial ? " · serial number asked" : "") }
        if placed.contains(where: { $0.serial != nil || $0.removed != nil }) {
          Tag.ul(.class("chips")) {
            for placement in placed {
              if let serial = placement.serial { Tag.li { Tag.code { serial } } }
              if let removed = placement.removed {
                Tag.li(.class("swap")) {
                  "in place of " + removed.name + (removed.serial.map { " \($0)" } ?? "")
                }
              }
            }
          }
        }
      }
      Tag.span(.class("item-mark"), .hidden) { isDone ? "✓" : "" }
    }
  }
}

/// What a packer may do beside scanning.
struct PackingActs {
  let session: PackingSession

  func markup() -> Markup {
    Tag.div(.class("acts")) {
      Tag.button(
        .type("button"), .class("big", session.isVerified ? "main" : ""), .data("event", "print")
      ) {
        "Print label "
        key("F4")
      }
      Tag.button(.type("button"), .class("big"), .data("event", "swap")) {
        "Swap a part "
        key("F2")
      }
      Tag.button(.type("button"), .class("big"), .data("event", "undo")) {
        "Take back "
        key("F8")
      }
      Tag.button(.type("button"), .class("big"), .data("event", "leave")) { "Put it down" }
      if session.printed != nil {
        Tag.button(.type("button"), .class("big"), .data("event", "seal")) { "Close the parcel" }
      }
      Tag.details(.class("short"), .id("bench-short")) {
        Tag.summary { "Something is missing or damaged" }
        Tag.div(.class("fields")) {
          Tag.div(.class("field")) {
            Tag.label(.for("short-reason")) { "Why" }
            Tag.select(.id("short-reason")) {
              for reason in ShortPick.Reason.allCases {
                Tag.option(.value(reason.rawValue)) { reason.words }
              }
            }
          }
          Tag.div(.class("field")) {
            Tag.label(.for("short-item")) { "What" }
            Tag.select(.id("short-item")) {
              for item in session.bill.items where session.count(of: item) < item.needed {
                Tag.option(.value(item.key)) { item.name }
              }
              Tag.option(.value("")) { "the whole order" }
            }
          }
          Tag.div(.class("field")) {
            Tag.label(.for("short-note")) { "Note" }
            Tag.input(
              .id("short-note"), .type("text"), .maxLength(ShortPick.noteBytesMax / 3),
              .noAutocomplete)
          }
          Tag.button(.type("button"), .class("danger big"), .id("short-send")) {
            "Put the order aside"
          }
        }
      }
    }
  }

  private func key(_ name: String) -> Markup { Tag.code(.class("key")) { name } }
}
