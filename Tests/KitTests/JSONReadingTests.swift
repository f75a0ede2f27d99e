import Kit
import Testing

@Suite("Reading JSON")
struct JSONReadingTests {
  private func parse(_ text: String, depth: Int = 64) throws(JSONError) -> JSONValue {
    try JSONValue.parse(Array(text.utf8), limits: JSONLimits(bytes: 1 << 20, depth: depth))
  }

  @Test(
    "legal texts are read",
    arguments: [
      "null", " true ", "false", "0", "-0", "1.5e-10", "123456789012345678901234567890", "\"\"",
      "[]",
      "{}", "[[[]]]", "{\"a\":{\"b\":[1,2,{\"c\":null}]}}", "\t\r\n [1 , 2]\n", "\"\\u0000\"",
      "\"\u{7f}\"", "{\"\":0}", "[1E+2,1e-2,0.0]", "\"\u{2028}\"", "\"😀\"", "\"\\ud83d\\ude00\"",
    ])
  func legal(text: String) throws {
    #expect(try parse(text).rawText == text.trimmingSpace)
  }

  @Test(
    "illegal texts are refused",
    arguments: [
      "", " ", "nul", "nullx", "True", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "NaN",
      "Infinity", "-Infinity", "'a'", "\"a", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
      "\"\n\"", "\"\t\"", "\"\u{0}\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]", "{",
      "}",
      "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}",
      "{\"a\":1 \"b\":2}", "{\"a\":1}x", "[}", "{]", "[1}", "{\"a\":1]", "1 2", "/*c*/1", "[1]//c",
      "\u{FEFF}1", "\u{A0}1", "[\"a\",\u{0}]", "{\"a\":1,,\"b\":2}", "{\"a\"::1}", "-a", "1-1",
      "--1",
    ])
  func illegal(text: String) {
    #expect(throws: JSONError.self) { try parse(text) }
  }

  @Test(
    "bytes that are not UTF-8 are refused, in keys too",
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82],
      [0xF0, 0x9F, 0x98],
      [0xFE, 0xFF],
    ] as [[UInt8]])
  func notUTF8(bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSONValue.parse([34] + bytes + [34]) }
    #expect(throws: JSONError.self) { try JSONValue.parse([34] + bytes) }
    #expect(throws: JSONError.self) { try JSONValue.parse([123, 34] + bytes + [34, 58, 49, 125]) }
  }

  @Test("depth has a limit, and a million brackets do no harm")
  func depth() throws {
    _ = try parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
    #expect(throws: JSONError.self) {
      try parse(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))
    }
    let hostile = [UInt8](repeating: 91, count: 1_000_000)
    #expect(throws: JSONError.self) { try JSONValue.parse(hostile) }
    let objects = Array(String(repeating: "{\"a\":", count: 200_000).utf8)
    #expect(throws: JSONError.self) { try JSONValue.parse(objects) }
    #expect(throws: JSONError.self) {
      try JSONValue.parse(hostile, limits: JSONLimits(depth: .max))
    }
  }

  @Test("size has a limit")
  func size() {
    #expect(throws: JSONError.self) {
      try JSONValue.parse(Array("[1,2,3]".utf8), limits: JSONLimits(bytes: 6))
    }
  }

  @Test("an error says where")
  func place() {
    #expect { try parse("{\"a\": nope}") } throws: { error in
      (error as? JSONError)?.offset == 6 && "\(error)".contains("byte 6")
    }
  }

  @Test("of duplicate keys the last counts, and members tells all of them")
  func duplicates() throws {
    let value = try parse("{\"a\":1,\"b\":2,\"a\":3,\"\\u0061\":4}")
    #expect(value["a"]?.int == 4)
    #expect(value.members.map(\.key) == ["a", "b", "a", "a"])
  }

  @Test("escapes are undone; half a surrogate pair becomes the replacement character")
  func escapes() throws {
    #expect(try parse(#""\"\\\/\b\f\n\r\té""#).string == "\"\\/\u{8}\u{c}\n\r\té")
    #expect(try parse(#""\ud83d\ude00!""#).string == "😀!")
    #expect(try parse(#""\ud83d""#).string == "\u{FFFD}")
    #expect(try parse(#""\ude00\ud83d""#).string == "\u{FFFD}\u{FFFD}")
    #expect(try parse(#""\ud83dx""#).string == "\u{FFFD}x")
    #expect(try parse(#""\ud83d\n""#).string == "\u{FFFD}\n")
    #expect(try parse(#""\ud83d\ud83d\ude00""#).string == "\u{FFFD}😀")
    #expect(try parse(#"{"k\u00e9y":1}"#)["kéy"]?.int == 1)
    #expect(try parse(#"{"kéy":1}"#)["key"] == nil)
  }

  @Test("numbers keep their text, whole ones are whole however they are written")
  func numbers() throws {
    let huge = String(repeating: "9", count: 400)
    #expect(try parse(huge).decimal == huge)
    #expect(try parse(huge).int == nil)
    #expect(try parse("12.3400").decimal == "12.3400")
    #expect(try parse("1e999999999").int == nil)
    #expect(try parse("0e999999999").int == 0)
    #expect(try parse("2.0").int == 2)
    #expect(try parse("2e3").int == 2_000)
    #expect(try parse("2.5").int == nil)
    #expect(try parse("-9223372036854775808").int == .min)
    #expect(try parse("9223372036854775808").int == nil)
    #expect(try parse("9007199254740993.0").int == 9_007_199_254_740_993)
    #expect(try parse("\"42\"").int == 42)
    for text in ["\"0x10\"", "\"nan\"", "\"\"", "\" 1\"", "\"1 \"", "true", "null", "[1]"] {
      #expect(try parse(text).int == nil, "\(text)")
      #expect(try parse(text).decimal == nil, "\(text)")
    }
  }

  @Test("asking the wrong thing of a value answers nil")
  func wrongKind() throws {
    let value = try parse(#"{"s":"x","n":1,"b":true,"z":null,"a":[1,2],"bs":"false"}"#)
    #expect(value["none"] == nil)
    #expect(value["s"]?["x"] == nil)
    #expect(value["n"]?.string == nil)
    #expect(value["n"]?.text == "1")
    #expect(value["b"]?.text == "true")
    #expect(value["b"]?.bool == true)
    #expect(value["bs"]?.bool == false)
    #expect(value["n"]?.bool == nil)
    #expect(value["z"]?.isNull == true)
    #expect(value["z"]?.text == nil)
    #expect(value["a"]?.elements.compactMap(\.int) == [1, 2])
    #expect(value["s"]?.elements.isEmpty == true)
    #expect(value["a"]?.members.isEmpty == true)
    #expect(try parse("\"2026-03-04T15:06:07Z\"").timestamp?.microseconds == 1_772_636_767_000_000)
  }

  @Test("raw bytes are what came, to the byte")
  func raw() throws {
    let order = #"{ "id" : "A-1",  "n":[1 ,2.50] }"#
    let value = try parse(#"{"orders":[\#(order) , {}]}"#)
    let orders = try #require(value["orders"])
    #expect(orders.elements[0].rawText == order)
    #expect(Array(orders.elements[0].rawBytes) == Array(order.utf8))
    #expect(orders.elements[0]["n"]?.rawText == "[1 ,2.50]")
    #expect(orders.elements[1].rawText == "{}")
  }

  @Test("a text cut anywhere is refused, and one with a changed byte never does harm")
  func mutations() throws {
    let text = Array(
      #"{"order_id":"A-1","n":-12.5e+3,"a":[true,false,null,"\u00e9\ud83d\ude00é"],"o":{"k":""}}"#
        .utf8)
    for count in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.prefix(count))) }
    }
    var generator = Seeded(state: 7)
    var survivors = 0
    for _ in 0..<30_000 {
      var changed = text
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let at = Int.random(in: 0..<changed.count, using: &generator)
        switch Int.random(in: 0...2, using: &generator) {
        case 0: changed[at] = UInt8.random(in: 0...255, using: &generator)
        case 1: changed.remove(at: at)
        default: changed.insert(UInt8.random(in: 0...255, using: &generator), at: at)
        }
      }
      guard let value = try? JSONValue.parse(changed) else { continue }
      survivors += 1
      // Whatever was accepted can be walked, and is accepted again as it is.
      #expect(try JSONValue.parse(Array(value.rawBytes)).kind == value.kind)
      #expect(walk(value) > 0)
    }
    #expect(survivors > 0)
  }

  private func walk(_ value: JSONValue) -> Int {
    _ = (value.string, value.int, value.decimal, value.bool, value.timestamp)
    return 1 + value.elements.map(walk).reduce(0, +)
      + value.members.map { walk($0.value) }.reduce(0, +)
  }
}

extension String {
  fileprivate var trimmingSpace: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}

/// SplitMix64: a failure can be repeated.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
