import Kit
import People

/// What the pages of the Inventory room have in common.
enum StockFrame {
  enum Tab: CaseIterable {
    case parts, low, variants, skus, movements, counts, importing, offers, labels

    var words: String {
      switch self {
      case .parts: "Parts"
      case .low: "Running low"
      case .variants: "Variants"
      case .skus: "SKUs"
      case .movements: "Movements"
      case .counts: "Stocktakes"
      case .importing: "Import"
      case .offers: "Offers"
      case .labels: "Barcodes"
      }
    }

    var path: Path {
      switch self {
      case .parts: .stock
      case .low: Path.stock.query("low", "yes")
      case .variants: .stockVariants
      case .skus: .stockSKUs
      case .movements: .stockMovements
      case .counts: .stockCounts
      case .importing: .stockImport
      case .offers: .stockOffers
      case .labels: .stockLabels
      }
    }

    var needsChange: Bool { self == .importing }
  }

  static func tabs(_ chosen: Tab?, _ visit: Visit) -> Markup {
    Parts.choices(
      "Inventory",
      Tab.allCases.filter { !$0.needsChange || visit.can(.changeStock) }.map {
        Choice(words: $0.words, path: $0.path, count: nil, isChosen: $0 == chosen)
      })
  }

  static func search(_ label: String, at path: Path, _ text: String, more: (String, String)? = nil)
    -> Markup
  {
    Tag.form(.class("search"), .role("search"), .get, .action(path)) {
      Tag.label(.for("q"), .class("unseen")) { label }
      Tag.input(
        .type("search"), .id("q"), .name("q"), .value(text), .placeholder(label),
        .noAutocomplete, .accessKey("s"))
      if let more { Tag.input(.type("hidden"), .name(more.0), .value(more.1)) }
      Tag.button(.type("submit")) { "Search" }
    }
  }

  static func field(
    _ id: String, _ label: String, _ value: String = "", _ attributes: Attribute?...
  ) -> Markup {
    Tag.div(.class("field")) {
      Tag.label(.for(id)) { label }
      input(id, value, attributes.compactMap { $0 })
    }
  }

  private static func input(_ id: String, _ value: String, _ more: [Attribute]) -> Markup {
    Tag.input(.id(id), .name(id), [.value(value), .noAutocomplete, .noSpellcheck] + more) {}
  }

  static func pieces(_ number: Int64) -> String { Words.count(Int(number)) }

  static func change(_ number: Int64) -> String {
    (number > 0 ? "+" : "") + Words.count(Int(number))
  }

  static func partLink(_ code: String, _ name: String) -> Markup {
    Tag.a(.class("id"), .href(.part(code))) { name } + Tag.small { code }
  }
}
