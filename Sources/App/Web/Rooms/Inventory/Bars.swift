import Stock

/// A barcode as a drawing: sharp at every size, and nothing of it is a picture from elsewhere.
enum Bars {
  static let height = 44

  static func markup(_ text: String) -> Markup {
    guard let widths = Code128.bars(text) else {
      return Tag.code { text }
    }
    let quiet = Code128.quiet
    let total = widths.reduce(0, +) + 2 * quiet
    var at = quiet
    var bars = Markup()
    for (index, width) in widths.enumerated() {
      if index % 2 == 0 {
        bars = bars + Tag.rect(.x(at), .width(width), .height(height)) {}
      }
      at += width
    }
    return Tag.div(.class("barcode")) {
      Tag.svg(
        .viewBox("0 0 \(total) \(height)"), .role("img"), .label("Barcode \(text)"), .stretched
      ) { bars }
      Tag.code { text }
    }
  }
}
