/// The addresses of the Inventory room.
extension Path {
  static let stock = Path("/stock")
  static let stockParts = Path("/stock/parts")
  static let stockVariants = Path("/stock/variants")
  static let stockSKUs = Path("/stock/skus")
  static let stockMovements = Path("/stock/movements")
  static let stockImport = Path("/stock/import")
  static let stockCounts = Path("/stock/counts")
  static let stockOffers = Path("/stock/offers")
  static let stockLabels = Path("/stock/labels")
  static let stockExport = Path("/stock/export.csv")
  static func part(_ code: String) -> Path { stockParts.segment(code) }
  static func variant(_ sku: String) -> Path { stockVariants.segment(sku) }
  static func count(_ id: Int64) -> Path { stockCounts.segment(String(id)) }
}
