/// One order as its row in the sheet. The order's id is the row's key.
public struct OrderRow: Sendable, Equatable {
  /// The headings, in the order of the columns.
  public static let header = [
    "Order ID", "Date", "Customer", "Phone", "Items", "Total Qty", "Status", "Source", "Notes",
  ]
  public static let columns = header.count

  public var orderID: String
  /// As it is to be shown: `2026-11-21 08:30`.
  public var date: String
  public var customer: String
  public var phone: String
  public var items: String
  public var totalQuantity: Int64
  public var status: String
  public var source: String
  public var notes: String
  /// The order's own version: of two rows of one order the higher one is newer. Not shown.
  public var version: Int64

  public init(
    orderID: String, date: String, customer: String, phone: String, items: String,
    totalQuantity: Int64, status: String, source: String, notes: String, version: Int64
  ) {
    self.orderID = orderID
    self.date = date
    self.customer = customer
    self.phone = phone
    self.items = items
    self.totalQuantity = totalQuantity
    self.status = status
    self.source = source
    self.notes = notes
    self.version = version
  }

  /// How the key column names the order.
  public var key: String { SheetTable.key(SheetCell.inert(orderID).text) }

  /// Every text goes through `SheetCell.inert`.
  public var cells: [SheetCell] {
    [
      .inert(orderID), .inert(date), .inert(customer), .inert(phone), .inert(items),
      .whole(totalQuantity), .inert(status), .inert(source), .inert(notes),
    ]
  }

  static var headerCells: [SheetCell] { header.map(SheetCell.text) }
}
