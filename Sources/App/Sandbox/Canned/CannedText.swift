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
  static func number(after prefix: [UInt8], in text: [UInt8]) -> Int? {
    guard let start = end(of: prefix, in: text), start + digits <= text.count else { return nil }
    var number = 0
    for place in start..<(start + digits) {
      let digit = text[place]
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      number = number * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return number
  }

  /// Where the first `mark` in `text` ends.
  static func end(of mark: [UInt8], in text: [UInt8]) -> Int? {
    guard let first = mark.first, text.count >= mark.count else { return nil }
    for start in 0...(text.count - mark.count) where text[start] == first {
      var length = 1
      while length < mark.count, text[start + length] == mark[length] { length += 1 }
      if length == mark.count { return start + length }
    }
    return nil
  }
}
