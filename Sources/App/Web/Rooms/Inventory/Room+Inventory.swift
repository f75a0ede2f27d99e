import HTTP
import Inventory
import Kit
import Ledger
import Operations
import People
import Postgres

extension Room {
  /// Parts, variants, SKUs, movements, files and counts.
  static let inventory = Room(
    "Inventory", at: .stock, sees: .readStock,
    icon:
      "M3 7.5 12 3l9 4.5v9L12 21l-9-4.5zm9 2.3 5.6-2.8L12 4.2 6.4 7zm-7 .2v5.3l6 3v-5.3zm14 0-6 3v5.3l6-3z",
    assets: [Asset("stock.css", PackageResources.stock_css)],
    routes: reading + changing)

  private static let reading: [PageRoute] = [
    .get("/stock", .readStock) { visit in
      try await visit.page("Inventory", in: .stock, try await PartsPage(visit).markup())
    },
    .get("/stock/parts/{code}", .readStock) { visit in
      try await kindly {
        let page = try await PartPage(visit)
        return try await visit.page(page.row.name, in: .stock, page.markup())
      }
    },
    .get("/stock/variants", .readStock) { visit in
      try await visit.page("Variants", in: .stock, try await VariantsPage(visit).markup())
    },
    .get("/stock/variants/{sku}", .readStock) { visit in
      try await kindly {
        let page = try await VariantPage(visit)
        return try await visit.page(page.row.internalSKU, in: .stock, page.markup())
      }
    },
    .get("/stock/skus", .readStock) { visit in
      try await visit.page("Shop SKUs", in: .stock, try await SKUsPage(visit).markup())
    },
    .get("/stock/movements", .readStock) { visit in
      try await visit.page("Movements", in: .stock, try await MovementsPage(visit).markup())
    },
    .get("/stock/counts", .readStock) { visit in
      let page = CountsPage(visit: visit, rows: try await visit.ledger.stocktakes())
      return try await visit.page("Stocktakes", in: .stock, page.markup())
    },
    .get("/stock/counts/{id}", .readStock) { visit in
      let page = try await CountPage(visit)
      return try await visit.page(page.sheet.title, in: .stock, page.markup())
    },
    .get("/stock/offers", .readStock) { visit in
      try await visit.page("Offers", in: .stock, try await OffersPage(visit).markup())
    },
    .get("/stock/labels", .readStock) { visit in
      try await visit.page("Barcodes", in: .stock, try await LabelsPage(visit).markup())
    },
    .get("/stock/export.csv", .readStock) { visit in
      var bytes: [UInt8] = []
      try await Inventory(ledger: visit.ledger).export { bytes += Array($0.utf8) }
      var response = HTTPResponse.bytes(bytes, type: "text/csv; charset=utf-8")
      response.headers["Content-Disposition"] = "attachment; filename=\"parts.csv\""
      return response
    },
    .get("/stock/import", .changeStock) { visit in
      try await visit.page("Import", in: .stock, ImportPage(visit: visit).markup())
    },
    .get("/stock/import/{file}", .changeStock) { visit in
      try await kindly {
        let (id, name, plan) = try await staged(visit)
        let page =
          switch plan {
          case .parts(let plan): ImportPreviewPage(visit, id, plan)
          case .catalogue(let plan): ImportPreviewPage(visit, id, plan)
          }
        return try await visit.page(name, in: .stock, page.markup())
      }
    },
  ]

  /// A file's kind is in its first line.
  enum FilePlan {
    case parts(ImportPlan)
    case catalogue(CataloguePlan)

    init(_ inventory: Inventory, _ name: String, _ bytes: [UInt8]) async throws {
      if let kind = CataloguePlan.Kind.of(bytes) {
        self = .catalogue(try await inventory.preview(kind, file: name, bytes))
      } else {
        self = .parts(try await inventory.preview(file: name, bytes))
      }
    }
  }

  /// A file that somebody sent in, looked at as the stock is now.
  static func staged(_ visit: Visit) async throws -> (id: Int64, name: String, plan: FilePlan) {
    guard let id = Int64(visit["file"]), let file = try await visit.ledger.stagedFile(id) else {
      throw PageProblem.notFound(InventoryError.noSuchFile.sentence)
    }
    let plan = try await FilePlan(Inventory(ledger: visit.ledger), file.name, file.bytes)
    return (id, file.name, plan)
  }

  /// What the inventory refuses, as a page says it.
  static func kindly(_ body: () async throws -> HTTPResponse) async throws -> HTTPResponse {
    do {
      return try await body()
    } catch let error as InventoryError {
      switch error {
      case .invalid, .unreadableFile: throw PageProblem.unclear(error.sentence)
      case .noSuchComponent, .noSuchVariant, .noSuchStocktake, .noSuchImport, .noSuchFile,
        .noSuchBarcode:
        throw PageProblem.notFound(error.sentence)
      case .notOnSheet, .barcodeTaken, .notEnough, .rowsRefused:
        throw PageProblem.refused(error.sentence)
      }
    }
  }
}

extension InventoryError {
  fileprivate var sentence: String {
    let words = description
    return words.prefix(1).uppercased() + words.dropFirst() + "."
  }
}
