import Kit

/// Key and value pairs from the environment and a file; the environment wins. Keys that nobody
/// knows are refused: a misspelt one would otherwise silently do nothing.
struct SettingsSource: Sendable {
  /// Bytes of a settings file.
  static let fileBytesMax = 1 << 20

  private(set) var values: [String: String] = [:]

  /// - Throws: `SettingsError` for a file that cannot be read, a malformed line or an unknown key.
  init(environment: [String: String], file: String?) throws(SettingsError) {
    let path = file ?? environment["QUAYSIDE_CONFIG"]
    if let path { try read(path) }
    for (key, value) in environment
    where (key.hasPrefix("QUAYSIDE_") || key == "DATABASE_URL") && !Self.ours.contains(key) {
      values[key] = value
    }
    let shops = try self.shops
    for key in values.keys.sorted() where !Self.isKnown(key, shops: shops) {
      throw SettingsError(
        "unknown setting \(key)\(Self.nearest(to: key)); `quayside help settings` lists all")
    }
  }

  /// Of the command line and of tests, not settings.
  private static let ours: Set<String> = [
    "QUAYSIDE_CONFIG", "QUAYSIDE_CRASH_AT", "QUAYSIDE_CLOCK_SKEW", "QUAYSIDE_FIXTURES",
    "QUAYSIDE_GOLDEN",
  ]

  var shops: [String] {
    get throws(SettingsError) {
      let names = (values["QUAYSIDE_SHOPS"] ?? "main").split(separator: ",")
        .map { $0.filter { $0 != " " } }
      for name in names {
        let isLegal =
          !name.isEmpty && name.count <= 40
          && name.allSatisfy {
            $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == "_")
          }
        guard isLegal else {
          throw SettingsError(
            "QUAYSIDE_SHOPS: '\(name)' is no shop name (lower-case letters, digits, - and _)")
        }
      }
      guard Set(names).count == names.count, !names.isEmpty else {
        throw SettingsError("QUAYSIDE_SHOPS: each shop once, and at least one")
      }
      return names
    }
  }

  func value(_ name: String, shop: String? = nil) -> String {
    guard let key = SettingKey.all.first(where: { $0.name == name }) else {
      preconditionFailure("no setting \(name)")
    }
    if let shop, let own = values[key.environmentName(shop: shop)] { return own }
    return values[key.environmentName] ?? key.fallback
  }

  private mutating func read(_ path: String) throws(SettingsError) {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(path, limit: Self.fileBytesMax) } catch {
      throw SettingsError("cannot read the settings file \(path): \(error)")
    }
    for (number, line) in String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let text = line.trimmed
      if text.isEmpty || text.hasPrefix("#") { continue }
      guard let equals = text.firstIndex(of: "=") else {
        throw SettingsError("\(path), line \(number + 1): expected KEY=value")
      }
      let key = text[..<equals].trimmed
      var value = text[text.index(after: equals)...].trimmed
      if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
        value = String(value.dropFirst().dropLast())
      }
      values[key] = value
    }
  }

  private static func isKnown(_ key: String, shops: [String]) -> Bool {
    SettingKey.all.contains { known in
      known.environmentName == key
        || known.scope == .shop && shops.contains { known.environmentName(shop: $0) == key }
    }
  }

  private static func nearest(to key: String) -> String {
    let known = SettingKey.all.map(\.environmentName)
    let best = known.min { distance($0, key) < distance($1, key) }
    guard let best, distance(best, key) <= 4 else { return "" }
    return " (did you mean \(best)?)"
  }

  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    var row = Array(0...b.count)
    for i in 0..<a.count {
      var previous = row[0]
      row[0] = i + 1
      for j in 0..<b.count {
        let cost = a[i] == b[j] ? previous : 1 + min(previous, row[j], row[j + 1])
        previous = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[b.count]
  }
}

/// A setting that cannot be used, in words that say what to do.
struct SettingsError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension StringProtocol {
  var trimmed: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
  }
}
