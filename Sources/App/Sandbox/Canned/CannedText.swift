/// Bytes in which an order's number stands at known places: copied and stamped, nothing is encoded.
struct CannedText: Sendable {
  /// Digits of a number; every stamped text has room for exactly so many.
  static let digits = 7

  private let bytes: [UInt8]
  private let marks: [Int]

  /// - Parameter names: texts that end in the digits of the number 0, such as an order's id; each
  ///   occurrence is a place to be stamped.
  init(_ bytes: [UInt8], names: [String]) {
    var marks: [Int] = []
    for name in names.map({ Array($0.utf8) }) where bytes.count >= name.count {
      for start in 0...(bytes.count - name.count)
      where bytes[start] == name[0] && bytes[start..<start + name.count].elementsEqual(name) {
        marks.append(start + name.count - Self.digits)
      }
    }
    self.bytes = bytes
    self.marks = marks
  }

  func append(_ number: Int, to out: inout [UInt8]) {
    let start = out.count
    out.append(contentsOf: bytes)
    for mark in marks {
      var rest = number
      for place in stride(from: start + mark + Self.digits - 1, through: start + mark, by: -1) {
        out[place] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
    }
  }

  func stamped(_ number: Int) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    append(number, to: &out)
    return out
  }

  /// The number that stands in the first digits after `prefix`, where they are in `text`.
  static func number(after prefix: String, in text: some Collection<UInt8>) -> Int? {
    let prefix = Array(prefix.utf8)
    let text = Array(text)
    guard text.count >= prefix.count + digits else { return nil }
    for start in 0...(text.count - prefix.count - digits)
    where text[start] == prefix[0] && text[start..<start + prefix.count].elementsEqual(prefix) {
      var number = 0
      for digit in text[(start + prefix.count)..<(start + prefix.count + digits)] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        number = number * 10 + Int(digit - UInt8(ascii: "0"))
      }
      return number
    }
    return nil
  }
}
