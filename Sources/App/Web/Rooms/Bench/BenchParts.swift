import HTTP
import Kit
import Packing

/// What both pages of the bench are made of.
enum BenchParts {
  /// Less than this before the deadline it is urgent.
  static let soon = Duration.hours(4)

  static func urgency(_ shipBy: Timestamp?, now: Timestamp) -> String {
    guard let shipBy else { return "" }
    return shipBy < now ? "late" : shipBy < now + soon ? "soon" : ""
  }

  static func dueWords(_ shipBy: Timestamp, now: Timestamp) -> String {
    shipBy < now ? "Was due" : "Ship by"
  }

  /// Tells how the connection is; the script turns it.
  static let network = Tag.p(.class("network"), .id("bench-network"), .role("status")) {
    Tag.span(.class("dot"), .hidden)
    Tag.span(.id("bench-network-words")) { "Connected" }
    Tag.a(.id("bench-sign-in"), .href(.signIn), .unseen) { "Sign in again" }
  }

  static func scanField(_ words: String) -> Markup {
    Tag.div(.class("scan")) {
      Tag.label(.for("code"), .id("bench-prompt")) { words }
      Tag.div(.class("scan-row")) {
        Tag.input(
          .id("code"), .name("code"), .type("text"), .noAutocomplete, .noSpellcheck, .autofocus,
          .maxLength(ScannedText.bytesMax), .placeholder("Scan or type"),
          .autocomplete("off"))
        Tag.button(.type("button"), .id("bench-camera"), .unseen) { "Camera" }
        Tag.button(.type("button"), .id("bench-sound"), .label("Sounds")) { "Sounds on" }
      }
      Tag.div(.id("bench-view"), .unseen) {
        Tag.video(.id("bench-video"), .label("What the camera sees"))
        Tag.p(.id("bench-view-words")) { "Hold one code before the camera." }
      }
    }
  }

  /// What came of the last event, for eyes and for screen readers.
  static let said = Tag.p(.id("bench-said"), .class("said"), .role("status"), .live("assertive"))

  /// The full screen that a wrong scan turns red. It stands until somebody has read it.
  static func overlay(_ alarm: PackingSession.Alarm?) -> Markup {
    Tag.div(
      .id("bench-alarm"), .class("alarm", alarm == nil ? "" : "bad"), .role("alertdialog"),
      .labelledBy("bench-alarm-word"), .describedBy("bench-alarm-words"),
      alarm == nil ? .unseen : .data("standing", "yes")
    ) {
      Tag.p(.id("bench-alarm-word"), .class("alarm-word")) { alarm?.code.word ?? "" }
      Tag.p(.id("bench-alarm-words"), .class("alarm-words")) { alarm?.message ?? "" }
      Tag.div(.class("alarm-acts")) {
        Tag.button(.type("button"), .id("bench-read"), .class("big")) { "I have read it" }
        Tag.button(.type("button"), .id("bench-anyway"), .class("big"), .unseen) { "Print anyway" }
      }
      Tag.p(.class("alarm-hint")) { "Enter, Escape or the barcode QS-OK." }
    }
  }
}
