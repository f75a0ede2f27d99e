/// Why something about the stock was not done; safe to show anyone.
public enum InventoryError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What somebody typed: the field, and what is wrong with it.
  case invalid(field: String, why: String)
  case noSuchComponent(String)
  case noSuchVariant(String)
  case noSuchStocktake(Int64)
  case noSuchImport(Int64)
  case notOnSheet(String)
  case barcodeTaken(String, owner: String)
  case noSuchBarcode(String, of: String)
  /// More would leave than there is.
  case notEnough(String)
  /// It was applied already, or has waited for more than a day.
  case noSuchFile
  /// The file as a whole.
  case unreadableFile(String)
  /// Some rows are refused, and nothing was to be applied then.
  case rowsRefused(Int)

  public var description: String {
    switch self {
    case .invalid(let field, let why): "\(field): \(why)"
    case .noSuchComponent(let code): "no component \(code); `quayside stock list` shows them"
    case .noSuchVariant(let sku): "no variant \(sku); `quayside stock variants` shows them"
    case .noSuchStocktake(let id): "no open stocktake \(id)"
    case .noSuchImport(let id): "import \(id) booked nothing that could be undone, or is undone"
    case .notOnSheet(let code): "\(code) is not on this sheet, or the sheet is not open"
    case .barcodeTaken(let barcode, let owner):
      "barcode \(barcode) belongs to \(owner); a barcode means one part"
    case .noSuchBarcode(let barcode, let code): "\(barcode) is no barcode of \(code)"
    case .notEnough(let what): "\(what): more would leave than there is; count it, or receive some"
    case .noSuchFile:
      "that file is not here any more: it was applied already, or it waited for too long"
    case .unreadableFile(let why): "the file cannot be read: \(why)"
    case .rowsRefused(let count):
      "\(count) \(count == 1 ? "row is" : "rows are") refused, so nothing was applied"
    }
  }

  /// Nothing of that name is here.
  public var isNotFound: Bool {
    switch self {
    case .noSuchComponent, .noSuchVariant, .noSuchStocktake, .noSuchImport, .noSuchFile,
      .noSuchBarcode:
      true
    case .invalid, .notOnSheet, .barcodeTaken, .notEnough, .unreadableFile, .rowsRefused: false
    }
  }
}
