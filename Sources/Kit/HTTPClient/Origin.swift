/// Scheme, host and port, exactly: where credentials may be sent.
public struct Origin: Sendable, Hashable, CustomStringConvertible {
  public let scheme: String
  /// In small letters; an IPv6 address in its brackets.
  public let host: String
  public let port: Int

  /// `nil` for anything but an absolute http or https address without user, password or fragment.
  /// Stricter than libcurl's reading of an address, so that the two cannot differ.
  public init?(url: String) {
    guard url.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "#") }),
      let mark = url.utf8.firstIndex(of: UInt8(ascii: ":")),
      url.utf8[mark...].starts(with: [58, 47, 47])
    else { return nil }
    let scheme = url[..<mark].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let authority = url.utf8[mark...].dropFirst(3).prefix {
      $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?")
    }
    let nameEnd: Substring.UTF8View.Index
    if authority.first == UInt8(ascii: "[") {
      guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")),
        authority[..<bracket].dropFirst().allSatisfy(Origin.isAddress)
      else { return nil }
      nameEnd = authority.index(after: bracket)
    } else {
      nameEnd = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
      guard authority[..<nameEnd].allSatisfy(Origin.isName) else { return nil }
    }
    let name = authority[..<nameEnd]
    guard !name.isEmpty, name.count != 2 || name.first != UInt8(ascii: "[") else { return nil }
    if nameEnd == authority.endIndex {
      port = scheme == "https" ? 443 : 80
    } else {
      let digits = authority[nameEnd...].dropFirst()
      guard authority[nameEnd] == UInt8(ascii: ":"), (1...5).contains(digits.count),
        digits.allSatisfy({ (48...57).contains($0) })
      else { return nil }
      let port = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
      guard (1...65_535).contains(port) else { return nil }
      self.port = port
    }
    self.scheme = scheme
    host = String(Substring(name)).lowercased()
  }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }

  private static func isAddress(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...58, 65...70, 97...102, UInt8(ascii: "."): true
    default: false
    }
  }

  public var description: String { "\(scheme)://\(host):\(port)" }
}
