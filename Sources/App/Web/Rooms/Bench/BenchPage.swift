import HTTP
import Kit
import Ledger
import Packing
import People

/// The bench with nothing in hand: a scan field, and what waits, the oldest deadline first.
struct BenchPage {
  static let listed = 50

  let tasks: [PackingTask]
  let mine: [(session: UUIDv7, orderID: String)]
  let toPull: [ParcelToPull]
  let visit: Visit

  private var moments: Moments { visit.moments }

  func markup() -> Markup {
    Tag.div(
      .id("bench"), .class("bench"), .data("session", ""), .data("state", ""),
      .data("version", "0"), .data("who", visit.session.name),
      .data("home", Path.bench.text)
    ) {
      Tag.div(.class("bench-top")) {
        Tag.h1 { "Packing bench" }
        BenchParts.network
      }
      if visit.can(.pack) { BenchParts.scanField("Scan an order, or the label of its parcel") }
      BenchParts.said
      Tag.div(.id("bench-work"), .refreshes(on: "orders")) {
        PullNotice(parcels: toPull).markup()
        inHand
        waiting
      }
      if visit.can(.readStock) {
        Tag.p(.class("hint")) {
          Tag.a(.href(.stockLabels)) { "Print barcodes for the table" }
          ", such as QS-OK for “I have read it”."
        }
      }
      BenchParts.overlay(nil)
    }
  }

  @MarkupBuilder private var inHand: Markup {
    if !mine.isEmpty {
      Tag.section(.class("in-hand"), .label("In your hands")) {
        Tag.h2 { "In your hands" }
        Tag.ul {
          for one in mine {
            Tag.li {
              Tag.a(.class("button big"), .href(.bench(one.session))) {
                "Go on with "
                Tag.span(.class("id")) { one.orderID }
              }
            }
          }
        }
      }
    }
  }

  private var waiting: Markup {
    let shown = tasks.prefix(Self.listed)
    let note =
      tasks.count > Self.listed
      ? "the first \(Self.listed), oldest deadline first" : "oldest deadline first"
    return Parts.section("waiting", "To be packed", note: tasks.isEmpty ? nil : note) {
      if tasks.isEmpty {
        Parts.empty(
          "Nothing waits to be packed",
          "Orders come here by themselves as soon as their label is there.")
      } else {
        Tag.ol(.class("tasks")) {
          for task in shown { row(task) }
        }
      }
    }
  }

  private func row(_ task: PackingTask) -> Markup {
    Tag.li(.class("task", BenchParts.urgency(task.shipBy, now: moments.now))) {
      Tag.div(.class("task-what")) {
        Tag.span(.class("id")) { task.orderID }
        Tag.span(.class("task-title")) {
          task.title.isEmpty ? "No title" : task.title
          if task.moreLines > 0 { " and \(Words.count(task.moreLines, "line", "lines")) more" }
        }
      }
      Tag.span(.class("task-units")) { Words.count(task.units, "piece", "pieces") }
      Tag.span(.class("task-due")) {
        if let shipBy = task.shipBy {
          Tag.span { BenchParts.dueWords(shipBy, now: moments.now) }
          moments.distanceMarkup(shipBy)
        } else {
          "no deadline"
        }
      }
      Tag.span(.class("task-who")) {
        if let session = task.session {
          let packer = task.packer ?? ""
          Tag.a(.href(.bench(session))) { packer.isEmpty ? "put down, go on" : "with \(packer)" }
        } else if visit.can(.pack) {
          Tag.button(.type("button"), .data("scan", task.orderID)) { "Pack" }
        }
      }
    }
  }
}
