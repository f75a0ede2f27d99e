/// A text as the bars of a Code 128 barcode (ISO/IEC 15417): set B for ASCII, set C for runs of
/// digits, which take half the room.
public enum Code128 {
  /// Modules of white that a scanner needs on either side.
  public static let quiet = 10

  /// Widths in modules: bar, space, bar, ... beginning and ending with a bar.
  /// - Returns: `nil` for a text that is empty, longer than 80 characters, or not of ASCII 32 to 126.
  public static func bars(_ text: String) -> [Int]? {
    let bytes = Array(text.utf8)
    guard (1...80).contains(bytes.count), bytes.allSatisfy({ (32...126).contains($0) }) else {
      return nil
    }
    let values = values(bytes)
    var check = values[0]
    for (place, value) in values.enumerated().dropFirst() { check += place * value }
    return (values + [check % 103, stop]).flatMap { widths(of: $0) }
  }

  private static let startB = 104
  private static let startC = 105
  private static let toB = 100
  private static let toC = 99
  private static let stop = 106

  /// The symbols without check and stop. Digits go two to a symbol where at least four (at the ends
  /// of the text) or six stand together.
  static func values(_ bytes: [UInt8]) -> [Int] {
    var values: [Int] = []
    var isC = false
    var at = 0
    while at < bytes.count {
      let digits = bytes[at...].prefix { (48...57).contains($0) }.count
      let isEdge = at == 0 || at + digits == bytes.count
      let pairs = digits / 2
      if pairs >= (isEdge ? 2 : 3) || (isC && pairs > 0) {
        // An odd digit before a run goes in set B, so that the rest is pairs.
        if digits % 2 == 1, !isC {
          if values.isEmpty { values.append(startB) }
          values.append(Int(bytes[at]) - 32)
          at += 1
        }
        if !isC { values.append(values.isEmpty ? startC : toC) }
        isC = true
        for _ in 0..<pairs {
          values.append(Int(bytes[at] - 48) * 10 + Int(bytes[at + 1] - 48))
          at += 2
        }
      } else {
        if isC || values.isEmpty { values.append(values.isEmpty ? startB : toB) }
        isC = false
        values.append(Int(bytes[at]) - 32)
        at += 1
      }
    }
    return values
  }

  private static func widths(of value: Int) -> [Int] {
    patterns[value].utf8.map { Int($0) - 48 }
  }

  /// The standard's table: six widths a symbol, seven for the stop.
  private static let patterns = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
  ]
}
