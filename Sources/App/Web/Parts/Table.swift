/// A table that stays one for assistive technology when a narrow screen stacks its cells.
struct Table<Row> {
  struct Column {
    var name: String
    var isNumber = false
    var cell: (Row) -> Markup

    init(_ name: String, isNumber: Bool = false, _ cell: @escaping (Row) -> Markup) {
      self.name = name
      self.isNumber = isNumber
      self.cell = cell
    }
  }

  var caption: String
  /// What the style sheet knows its columns' widths by.
  var kind = ""
  var columns: [Column]
  var isTrouble: (Row) -> Bool = { _ in false }

  func markup(_ rows: [Row]) -> Markup {
    Tag.table(.role("table"), kind.isEmpty ? nil : .class(kind)) {
      Tag.caption(.class("unseen")) { caption }
      Tag.thead(.role("rowgroup")) {
        Tag.tr(.role("row")) {
          for column in columns {
            Tag.th(
              .scope("col"), .role("columnheader"), column.isNumber ? .class("number") : nil
            ) { column.name }
          }
        }
      }
      Tag.tbody(.role("rowgroup")) {
        for row in rows {
          Tag.tr(.role("row"), isTrouble(row) ? .class("trouble") : nil) {
            for (i, column) in columns.enumerated() { cell(row, column, isFirst: i == 0) }
          }
        }
      }
    }
  }

  private func cell(_ row: Row, _ column: Column, isFirst: Bool) -> Markup {
    let kind: Attribute? = column.isNumber ? .class("number") : nil
    let content = column.cell(row)
    // The wrapper keeps a cell's value together beside its head on a narrow screen.
    let value = Tag.div { content.html.isEmpty ? Tag.span(.class("none")) { "–" } : content }
    return isFirst
      ? Tag.th(.scope("row"), .role("rowheader"), .column(column.name), kind) { value }
      : Tag.td(.role("cell"), .column(column.name), kind) { value }
  }
}
