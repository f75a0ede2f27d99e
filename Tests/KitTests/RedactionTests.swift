import Kit
import Testing

/// The registry is one for the process: each test has secrets of its own.
@Suite("Redaction")
struct RedactionTests {
  @Test("headers that carry credentials are hidden, in whatever case they come")
  func headers() {
    let clean = Redaction.headers([
      ("Authorization", "Basic abc"), ("COOKIE", "s=1"), ("x-ibm-client-secret", "s"),
      ("Accept", "text/xml"),
    ])
    #expect(clean.map(\.1) == ["[redacted]", "[redacted]", "[redacted]", "text/xml"])
    #expect(clean.map(\.0) == ["Authorization", "COOKIE", "x-ibm-client-secret", "Accept"])
  }

  @Test("the user in a label's address is hidden, in every address of a text")
  func artifacts() {
    #expect(
      Redaction.url("https://carrier.example/rs/artifact/6e93d539/10/0")
        == "https://carrier.example/rs/artifact/[redacted]/10/0")
    let xml =
      "<link href=\"https://c/rs/artifact/u1/1/0\"/><link href=\"https://c/rs/artifact/u2/2/0\"/>"
    #expect(
      Redaction.url(xml)
        == "<link href=\"https://c/rs/artifact/[redacted]/1/0\"/>"
        + "<link href=\"https://c/rs/artifact/[redacted]/2/0\"/>")
  }

  @Test("secrets in a query and before an @ are hidden, the rest stays")
  func queries() {
    #expect(
      Redaction.url("https://m.example/api/orders?api_key=12ab&max=100&page_token=x.y%3D#f")
        == "https://m.example/api/orders?api_key=[redacted]&max=100&page_token=[redacted]#f")
    #expect(
      Redaction.url("postgres://quay:pass@db:5432/q?sslmode=require")
        == "postgres://[redacted]@db:5432/q?sslmode=require")
    #expect(
      Redaction.url("https://m.example/a?monkeys=3&x=@") == "https://m.example/a?monkeys=3&x=@")
    #expect(Redaction.url("<?xml version=\"1.0\"?><a key=\"b\"/>").contains("version=\"1.0\""))
    #expect(Redaction.url("") == "")
    #expect(Redaction.url("=&?=@://") == "=&?=@://")
  }

  @Test("a registered value is hidden wherever it is, also quoted or percent-encoded")
  func registered() {
    Redaction.register(["tiger \"stripe\"/1"])
    let mark = Redaction.mark
    #expect(Redaction.text("a tiger \"stripe\"/1 b tiger \"stripe\"/1") == "a \(mark) b \(mark)")
    #expect(Redaction.text(#"{"k":"tiger \"stripe\"/1"}"#) == #"{"k":"\#(mark)"}"#)
    #expect(Redaction.url("https://x/?q=tiger%20%22stripe%22%2F1") == "https://x/?q=\(mark)")
    #expect(
      Redaction.bytes(Array("x tiger \"stripe\"/1\u{0}".utf8)) == Array("x \(mark)\u{0}".utf8))
    #expect(Redaction.headers([("X", "tiger \"stripe\"/1")])[0].1 == mark)
  }

  @Test("a secret within another, or within the mark itself, does no harm")
  func overlapping() {
    Redaction.register(["lemonade", "lemonade-stand", "redacted]"])
    #expect(!Redaction.text("my lemonade-stand").contains("lemon"))
    #expect(!Redaction.text("my lemonade-stand").contains("stand"))
  }

  @Test("short values are not registered")
  func short() {
    Redaction.register(["", "abc"])
    #expect(Redaction.text("abc") == "abc")
  }

  @Test("bytes that are not text pass unharmed")
  func binary() {
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(Redaction.bytes(bytes) == bytes)
  }
}
