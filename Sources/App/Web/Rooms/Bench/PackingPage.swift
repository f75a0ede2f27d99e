import HTTP
import Kit
import Ledger
import Packing
import PackingBench
import People

/// One order at the bench.
struct PackingPage {
  let view: PackingView
  let toPull: [ParcelToPull]
  let visit: Visit

  private var session: PackingSession { view.session }
  private var isMine: Bool {
    visit.can(.pack) && session.state == .open
      && (session.packer.isEmpty || session.packer == visit.session.name)
  }

  func markup() -> Markup {
    Tag.div(
      .id("bench"), .class("bench"), .data("session", session.id.text),
      .data("order", session.orderID), .data("who", visit.session.name),
      .data("home", Path.bench.text)
    ) {
      head
      if visit.can(.pack) {
        BenchParts.scanField(isMine ? prompt : "Scan the next order")
      }
      BenchParts.said
      // What the script draws anew after each event.
      Tag.div(
        .id("bench-work"), .data("version", String(session.version)),
        .data("state", session.state.rawValue), .data("mine", isMine ? "yes" : "")
      ) {
        Tag.div(.id("bench-pull")) { PullNotice(parcels: toPull).markup() }
        Tag.div(.id("bench-standing")) { standing }
        Tag.div(.class("bench-two")) {
          Tag.div(.class("bench-parts"), .id("bench-parts")) {
            progress
            for line in session.bill.lines { PackingLines(session: session, line: line).markup() }
          }
          Tag.div(.class("bench-side")) {
            Tag.div(.id("bench-label-place")) { label }
            Tag.div(.id("bench-acts")) { if isMine { PackingActs(session: session).markup() } }
            Tag.div(.id("bench-scans")) { history }
          }
        }
      }
      BenchParts.overlay(isMine ? session.alarm : nil)
    }
  }

  private var head: Markup {
    Tag.div(.class("bench-top")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.bench)) { "Bench" } }
        Tag.h1(.class("id")) { session.orderID }
      }
      Tag.div(.class("bench-facts")) {
        if let shipBy = view.shipBy {
          Tag.p(.class("due", BenchParts.urgency(shipBy, now: visit.now))) {
            BenchParts.dueWords(shipBy, now: visit.now) + " "
            visit.moments.markup(shipBy)
          }
        }
        BenchParts.network
      }
    }
  }

  /// What the next scan is taken for.
  private var prompt: String {
    switch session.awaiting {
    case .serial(let key), .installedSerial(let key, _):
      return "Scan the serial number of \(session.bill.item(key)?.name ?? "the part")"
    case .removedPart: return "Scan the part that you took out"
    case .removedSerial(let part): return "Scan the serial number of the \(part.name) that came out"
    case .installedPart(let removed): return "\(removed.name) is out: scan the part that goes in"
    case .parts: break
    }
    guard session.isVerified else { return "Scan the next part" }
    return session.printed == nil
      ? "Everything is in: print the label" : "Scan the label on the parcel"
  }

  // MARK: What stands in the way

  @MarkupBuilder private var standing: Markup {
    switch session.state {
    case .open:
      if let off = view.standing.offReason {
        banner("bad", "STOP", "\(off). Do not send it; put the parts back.")
      } else if !isMine {
        banner("warn", "TAKEN", "\(session.packer) has this order in hand.")
        if visit.can(.pack) {
          Tag.p(.class("big-acts")) {
            Tag.button(.type("button"), .class("big"), .data("event", "take_over"), ours) {
              "Take it over from \(session.packer)"
            }
          }
        }
      } else if let hold = view.standing.holdReason {
        banner("warn", "ON HOLD", "No label is printed: \(hold).")
      } else if view.standing.isLabelVoid {
        banner("warn", "LABEL VOID", "No label is printed until a new one is bought.")
      }
    case .packed:
      if let why = pulling {
        banner("bad", "PULL THIS PARCEL", why)
      } else if let hold = view.standing.holdReason {
        banner("warn", "ON HOLD", "Keep the parcel here: \(hold).")
      } else {
        banner("great", "PACKED", "By \(session.packer). Scan the next order.")
      }
    case .held: banner("warn", "PUT ASIDE", session.reason ?? "Something is missing.")
    case .stopped:
      banner("bad", "STOP", "\(session.reason ?? "The order is off"). Put the parts back.")
    }
  }

  /// Why a packed parcel must not leave the house as it is.
  private var pulling: String? {
    if let off = view.standing.offReason { return "\(off) after it was packed." }
    if let printed = session.printed, printed != view.standing.generation {
      return "It got another label since. Scan the order to pack it anew."
    }
    return view.standing.isLabelVoid ? "Its label was voided after it was packed." : nil
  }

  private func banner(_ tone: String, _ word: String, _ words: String) -> Markup {
    Tag.div(.class("banner", tone)) {
      Tag.strong { word }
      Tag.span { words }
    }
  }

  // MARK: How far it is

  private var progress: Markup {
    let (done, all) = (session.unitsPlaced, session.bill.units)
    return Tag.div(.class("packing-progress")) {
      Tag.p {
        Tag.strong(.id("bench-count")) { "\(done) of \(all)" }
        Tag.span { session.isVerified ? "everything is in the parcel" : "in the parcel" }
      }
      Tag.svg(.class("progress-bar"), .viewBox("0 0 100 4"), .stretched, .hidden) {
        Tag.rect(.class("progress-ground"), .x(0), .width(100), .height(4))
        Tag.rect(
          .class("progress-done"), .x(0), .width(all == 0 ? 0 : done * 100 / all), .height(4))
      }
    }
  }

  // MARK: The label

  @MarkupBuilder private var label: Markup {
    if let printed = session.printed, printed == view.standing.generation,
      session.state == .open || session.state == .packed, view.standing.offReason == nil,
      view.standing.hasLabel, !view.standing.isLabelVoid, visit.can(.readLabels)
    {
      Tag.section(.class("panel label-panel"), .label("Label")) {
        Tag.div(.class("panel-head")) {
          Tag.h2 { "Label" }
          if let pin = view.standing.trackingPIN { Tag.code { pin } }
        }
        if isToBeShown {
          Tag.iframe(.id("bench-label"), .src(labelPath), .title("The label")) {}
        }
        Tag.p(.class("big-acts")) {
          Tag.a(.class("button"), .href(labelPath)) { "Open the PDF" }
          if visit.can(.pack) {
            Tag.button(.type("button"), .data("event", "print"), ours) { "Print again" }
          }
        }
      }
    }
  }

  /// Without a printer the label is printed from the screen; of a packed parcel right after somebody
  /// asked for it again.
  private var isToBeShown: Bool {
    visit.services.packing.settings.printer == nil
      && (session.state == .open || view.log.first?.code.prints == true)
  }

  /// A button that means this order whatever is in hand: a colleague's, or a packed one.
  private var ours: Attribute { .data("session", session.id.text) }

  private var labelPath: Path { Path.bench(session.id).segment("label.pdf") }

  // MARK: What was scanned

  private var history: Markup {
    Tag.section(.class("panel"), .label("Scans")) {
      Tag.div(.class("panel-head")) { Tag.h2 { "Scans" } }
      Tag.ol(.class("scans")) {
        for entry in view.log.prefix(12) {
          Tag.li(.class(entry.code.tone.rawValue)) {
            visit.moments.markup(entry.at)
            Tag.div {
              Tag.strong { entry.code.word }
              if !entry.text.isEmpty { Tag.code { entry.text } }
              Tag.small { "\(entry.message) · \(entry.actor)" }
            }
          }
        }
      }
    }
  }
}
