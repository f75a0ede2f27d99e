import Kit

/// What several runs gave for one thing.
struct Figure: Sendable {
  let values: [Double]

  init(_ values: [Double]) { self.values = values }

  var median: Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  var least: Double { values.min() ?? 0 }
  var most: Double { values.max() ?? 0 }

  /// Run by run: what ran in the same round is compared.
  func over(_ other: Figure) -> Figure {
    Figure(zip(values, other.values).map { $1 > 0 ? $0 / $1 : 0 })
  }

  var json: JSON {
    .object([
      ("median", Self.json(median)), ("min", Self.json(least)), ("max", Self.json(most)),
      ("runs", .array(values.map(Self.json))),
    ])
  }

  static func json(_ value: Double) -> JSON { .decimal(text(value)) }

  /// As many places as matter.
  static func text(_ value: Double) -> String {
    let places: Double = abs(value) >= 100 ? 1 : abs(value) >= 10 ? 10 : 100
    let rounded = (value * places).rounded() / places
    return rounded == rounded.rounded() && places == 1 ? "\(Int64(rounded))" : "\(rounded)"
  }
}
