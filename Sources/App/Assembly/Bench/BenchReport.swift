import Kit

/// What a benchmark found: its figures, a table of them, and whether everything was done exactly once.
struct BenchReport: Sendable {
  struct Row: Sendable {
    /// In JSON: `canned.orders_per_second`.
    let key: String
    let title: String
    let unit: String
    let figure: Figure
  }

  let name: String
  /// Nothing missing, nothing twice. A slow run is fine; a wrong one is not.
  var isFine = true
  private(set) var rows: [Row] = []
  /// Shown at the top level, before the figures.
  var facts: [(String, JSON)] = []
  /// Sentences below the table.
  var notes: [String] = []

  init(_ name: String) { self.name = name }

  mutating func add(_ key: String, _ title: String, _ unit: String, _ values: [Double]) {
    add(key, title, unit, Figure(values))
  }

  mutating func add(_ key: String, _ title: String, _ unit: String, _ figure: Figure) {
    guard !figure.values.isEmpty else { return }
    rows.append(Row(key: key, title: title, unit: unit, figure: figure))
  }

  /// CPU of an order and peak memory, of runs in which so many orders were carried through.
  mutating func add(usage: [BenchMeter.Usage], orders: Int, key: String, title: String) {
    let count = Double(max(1, orders))
    for (name, words, share) in BenchMeter.Usage.shares {
      add(
        "\(key).cpu_us_an_order.\(name)", "\(title): CPU an order, \(words)", "µs",
        usage.map { share($0).seconds * 1e6 / count })
    }
    add(
      "\(key).worker_mb", "\(title): peak memory, worker", "MB", usage.map { Double($0.workerMB) })
    add(
      "\(key).postgres_mb", "\(title): memory at the end, PostgreSQL", "MB",
      usage.map { Double($0.postgresMB) })
  }

  func figure(_ key: String) -> Figure? { rows.first { $0.key == key }?.figure }

  var json: JSON {
    .object(
      [("benchmark", .string(name))] + facts + [
        ("exact", .bool(isFine)),
        (
          "figures",
          .object(
            rows.map { row in
              guard case .object(let members) = row.figure.json else { return (row.key, .null) }
              return (row.key, .object([("unit", .string(row.unit))] + members))
            })
        ), ("notes", .array(notes.map { .string($0) })),
      ])
  }

  var table: String {
    let text = Table.text(
      ["what", "median", "min", "max", "unit"],
      rows.map { row in
        [
          row.title, Figure.text(row.figure.median), Figure.text(row.figure.least),
          Figure.text(row.figure.most), row.unit,
        ]
      })
    return ([text] + notes).joined(separator: "\n")
  }
}
