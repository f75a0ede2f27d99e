import HTTP
import Kit
import Ledger
import Packing
import PackingBench
import People

extension Path {
  static let bench = Path("/bench")
  static func bench(_ session: UUIDv7) -> Path { bench.segment(session.text) }
  static let benchEvents = Path("/bench/events")
  static let benchPaper = Path("/bench/paper")
}

extension Room {
  /// Where parcels are packed by scanning.
  static let bench = Room(
    "Bench", at: .bench, sees: .readBench,
    icon: "M3 5h2v14H3zm4 0h1v14H7zm3 0h3v14h-3zm5 0h1v14h-1zm3 0h3v14h-3z",
    assets: [
      Asset("bench.css", PackageResources.bench_css), BenchScripts.scanner, BenchScripts.queue,
      BenchScripts.sounds, BenchScripts.camera, BenchScripts.bench,
    ],
    routes: [
      .get("/bench", .readBench) { visit in
        let page = BenchPage(
          tasks: try await visit.ledger.packingQueue(limit: BenchPage.listed + 1),
          mine: visit.can(.pack) ? try await visit.ledger.openPacking(of: visit.session.name) : [],
          toPull: try await visit.ledger.parcelsToPull(), visit: visit)
        return try await visit.page(
          "Bench", in: .bench, scripts: BenchScripts.all, page.markup())
      },
      .get("/bench/{session}", .readBench) { visit in
        let page = PackingPage(
          view: try await visit.packingView(), toPull: try await visit.ledger.parcelsToPull(),
          visit: visit)
        return try await visit.page(
          "Pack \(page.view.session.orderID)", in: .bench, scripts: BenchScripts.all,
          page.markup())
      },
      .get("/bench/{session}/label.pdf", .readLabels) { visit in
        let session = try visit.packingID()
        return try await .label { try await visit.services.packing.label(of: session) }
      },
      .post("/bench/events", .pack) { try await BenchEvents.take($0) },
      .post("/bench/paper", .pack) { try await BenchEvents.paper($0) },
    ])
}

/// The bench's scripts, in the order in which they need each other.
enum BenchScripts {
  static let scanner = Asset("bench-scanner.js", PackageResources.bench_scanner_js)
  static let queue = Asset("bench-queue.js", PackageResources.bench_queue_js)
  static let sounds = Asset("bench-sounds.js", PackageResources.bench_sounds_js)
  static let camera = Asset("bench-camera.js", PackageResources.bench_camera_js)
  static let bench = Asset("bench.js", PackageResources.bench_js)
  static let all = [sounds, queue, scanner, camera, bench]
}

extension Visit {
  func packingID() throws(PageProblem) -> UUIDv7 {
    guard let id = UUIDv7(text: self["session"]) else {
      throw PageProblem.notFound("There is no such packing session.")
    }
    return id
  }

  func packingView() async throws -> PackingView {
    guard let view = try await services.packing.view(try packingID()) else {
      throw PageProblem.notFound("There is no such packing session.")
    }
    return view
  }
}
