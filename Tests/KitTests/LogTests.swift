import Kit
import Synchronization
import Testing

@Suite("Log and metrics")
struct LogTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
    func log(_ level: Log.Level = .info, _ format: Log.Format = .json) -> Log {
      Log(level: level, format: format) { line in self.all.withLock { $0.append(line) } }
    }
    var last: String { all.withLock { $0.last ?? "" } }
  }

  @Test("a line is one JSON object with its fields in order")
  func json() throws {
    let lines = Lines()
    Log.$correlationID.withValue("c-1") {
      lines.log().with(["worker": "w1"]).info("label bought", ["order_id": "A-1"])
    }
    let value = try JSONValue.parse(Array(lines.last.utf8))
    #expect(
      value.members.map(\.key) == [
        "ts", "level", "message", "correlation_id", "worker", "order_id",
      ])
    #expect(value["message"]?.string == "label bought")
    #expect(value["ts"]?.timestamp != nil)
    #expect(lines.last.hasSuffix("}\n"))
  }

  @Test("lines below the level are not written")
  func levels() {
    let lines = Lines()
    let log = lines.log(.warning)
    log.debug("a")
    log.info("b")
    #expect(lines.last == "")
    log.error("c")
    #expect(lines.last.contains("\"error\""))
    #expect(Log.Level(name: "warning") == .warning)
    #expect(Log.Level(name: "loud") == nil)
  }

  @Test("no field can break out of its line or show a secret")
  func hostile() throws {
    Redaction.register(["swordfish\"\n9"])
    let lines = Lines()
    lines.log().info(
      "a\nb\"}", ["k": "x swordfish\"\n9 y", "big": String(repeating: "é", count: 99_999)])
    let value = try JSONValue.parse(Array(lines.last.utf8))
    #expect(value["message"]?.string == "a\nb\"}")
    #expect(value["k"]?.string == "x [redacted] y")
    #expect(lines.last.utf8.count < 20_000)
    lines.log(.info, .text).info("two\nlines", ["k": "v\nw"])
    #expect(lines.last.filter { $0 == "\n" }.count == 1)
  }

  @Test("metrics are in Prometheus' text format")
  func metrics() {
    let metrics = Metrics()
    metrics.add("orders_total", labels: ["shop": "a\"b\\c\nd\te"], help: "Orders.")
    metrics.add("orders_total", 2, labels: ["shop": "x"], help: "Orders.")
    metrics.set("depth", 1.5, help: "Depth.")
    metrics.observe("took_seconds", .milliseconds(3), labels: ["kind": "k"], help: "Time.")
    metrics.observe("took_seconds", .seconds(100), labels: ["kind": "k"], help: "Time.")
    let text = metrics.text()
    #expect(text.contains("# HELP orders_total Orders.\n# TYPE orders_total counter\n"))
    #expect(text.contains("orders_total{shop=\"a\\\"b\\\\c\\nd\te\"} 1\n"))
    #expect(text.contains("orders_total{shop=\"x\"} 2\n"))
    #expect(text.contains("# TYPE depth gauge\ndepth 1.5\n"))
    #expect(text.contains("took_seconds_bucket{kind=\"k\",le=\"0.0025\"} 0\n"))
    #expect(text.contains("took_seconds_bucket{kind=\"k\",le=\"0.005\"} 1\n"))
    #expect(text.contains("took_seconds_bucket{kind=\"k\",le=\"+Inf\"} 2\n"))
    #expect(text.contains("took_seconds_sum{kind=\"k\"} 100.003\n"))
    #expect(text.contains("took_seconds_count{kind=\"k\"} 2\n"))
    #expect(text.hasSuffix("\n"))
  }

  @Test("no count is lost between tasks")
  func counting() async {
    let metrics = Metrics()
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<1_000 { metrics.add("n", help: "N.") } }
      }
    }
    #expect(metrics.text().contains("\nn 8000\n"))
  }
}
