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
      let mark = url.utf8.firstIndex(of: UInt8(ascii: ":")), url[mark...].hasPrefix("://")
    else { return nil }
    let scheme = url[..<mark].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let authority = url[mark...].dropFirst(3).prefix { $0 != "/" && $0 != "?" }
    var name = authority
    var digits: Substring?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      name = authority[...end]
      let rest = authority[authority.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":"),
        name.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
      else { return nil }
      digits = rest.isEmpty ? nil : rest.dropFirst()
    } else {
      if let colon = authority.firstIndex(of: ":") {
        name = authority[..<colon]
        digits = authority[authority.index(after: colon)...]
      }
      guard
        name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" })
      else { return nil }
    }
    guard !name.isEmpty, name != "[]" else { return nil }
    if let digits {
      guard (1...5).contains(digits.count), digits.allSatisfy(\.isNumber), let port = Int(digits),
        (1...65_535).contains(port)
      else { return nil }
      self.port = port
    } else {
      port = scheme == "https" ? 443 : 80
    }
    self.scheme = scheme
    host = name.lowercased()
  }

  public var description: String { "\(scheme)://\(host):\(port)" }
}
