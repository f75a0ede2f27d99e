import Synchronization

/// Counters, gauges and histograms in Prometheus' text format. Labels are of few values: kinds,
/// states, shops; never ids.
public final class Metrics: Sendable {
  private struct Family: Sendable {
    var kind: String
    var help: String
    var values: [String: Double] = [:]
    var buckets: [String: [Int]] = [:]
    var sums: [String: Double] = [:]
  }

  /// Upper bounds in seconds.
  public static let bounds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]

  private let families = Mutex<[String: Family]>([:])

  public init() {}

  public func add(
    _ name: String, _ amount: Double = 1, labels: KeyValuePairs<String, String> = [:], help: String
  ) {
    let key = Self.key(labels)
    families.withLock { families in
      families[name, default: Family(kind: "counter", help: help)].values[key, default: 0] += amount
    }
  }

  public func set(
    _ name: String, _ value: Double, labels: KeyValuePairs<String, String> = [:], help: String
  ) {
    let key = Self.key(labels)
    families.withLock { families in
      families[name, default: Family(kind: "gauge", help: help)].values[key] = value
    }
  }

  public func observe(
    _ name: String, _ duration: Duration, labels: KeyValuePairs<String, String> = [:], help: String
  ) {
    let key = Self.key(labels)
    let seconds = duration.seconds
    let slot = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    families.withLock { families in
      families[name, default: Family(kind: "histogram", help: help)]
        .buckets[key, default: Array(repeating: 0, count: Self.bounds.count + 1)][slot] += 1
      families[name]?.sums[key, default: 0] += seconds
    }
  }

  private static func key(_ labels: KeyValuePairs<String, String>) -> String {
    var key = ""
    for (name, value) in labels {
      if !key.isEmpty { key += "," }
      key += name
      key += "=\""
      key += escaped(value)
      key += "\""
    }
    return key
  }

  private static func escaped(_ value: String) -> String {
    guard value.utf8.contains(where: { $0 == 34 || $0 == 92 || $0 == 10 }) else { return value }
    var out = ""
    for character in value.unicodeScalars {
      switch character {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      default: out.unicodeScalars.append(character)
      }
    }
    return out
  }

  /// Text format 0.0.4.
  public func text() -> String {
    let families = families.withLock { $0 }
    var out = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      out += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind)\n"
      for (labels, value) in family.values.sorted(by: { $0.key < $1.key }) {
        out += name + (labels.isEmpty ? "" : "{\(labels)}") + " \(Self.number(value))\n"
      }
      for (labels, counts) in family.buckets.sorted(by: { $0.key < $1.key }) {
        let prefix = labels.isEmpty ? "" : labels + ","
        var total = 0
        for (i, count) in counts.enumerated() {
          total += count
          let bound = i < Self.bounds.count ? Self.number(Self.bounds[i]) : "+Inf"
          out += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(total)\n"
        }
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        out += "\(name)_sum\(braces) \(Self.number(family.sums[labels] ?? 0))\n"
        out += "\(name)_count\(braces) \(total)\n"
      }
    }
    return out
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}
