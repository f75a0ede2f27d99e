import CShims
import Synchronization

/// Keeps secrets out of logs, records and pages.
public enum Redaction {
  public static let mark = "[redacted]"

  /// Shorter values would turn up everywhere.
  private static let secretBytesMin = 4
  private static let markBytes = Array(mark.utf8)

  /// In small letters.
  private static let secretHeaders = [
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token",
    "x-ibm-client-id", "x-ibm-client-secret",
  ]

  /// Parameters of an address whose value is a secret, by the end of their name.
  private static let secretParameters = ["key", "token", "secret", "password", "signature", "sig"]
    .map { Array($0.utf8) }

  /// The values as they are, and as they look inside JSON and inside an address; longest first, so
  /// that a secret within another does not leave the other's rest.
  private static let secrets = Mutex<[[UInt8]]>([])

  /// Values that are replaced wherever they turn up. Values under 4 bytes are too common, and a
  /// part of the mark would turn up in every mark.
  public static func register(_ values: [String]) {
    secrets.withLock { known in
      for value in values
      where value.utf8.count >= secretBytesMin && !mark.contains(value) {
        let quoted = JSON.string(value).bytes
        for form in [
          Array(value.utf8), Array(quoted.dropFirst().dropLast()), percentEncoded(value),
        ]
        where !known.contains(form) { known.append(form) }
      }
      known.sort { $0.count > $1.count }
    }
  }

  public static func headers(_ headers: [(String, String)]) -> [(String, String)] {
    headers.map { isSecret($0.0) ? ($0.0, mark) : ($0.0, text($0.1)) }
  }

  private static func isSecret(_ header: String) -> Bool {
    secretHeaders.contains { known in
      known.utf8.count == header.utf8.count
        && zip(known.utf8, header.utf8).allSatisfy { $0 == $1 || $0 == $1 | 0x20 }
    }
  }

  /// For an address, or a text with addresses in it. A label's address holds the user half of the
  /// carrier's key, `artifact/{user}/`; old keys travel in queries, passwords before an `@`.
  public static func url(_ url: String) -> String {
    var found = Array(url.utf8)
    found = replaced(found) ?? found
    hideSegments(after: Array("/artifact/".utf8), in: &found)
    hideParameters(in: &found)
    hideUserInfo(in: &found)
    return String(decoding: found, as: UTF8.self)
  }

  public static func text(_ text: String) -> String {
    var text = text
    guard text.withUTF8({ holdsSecret(UnsafeRawBufferPointer($0)) }),
      let clean = replaced(Array(text.utf8))
    else { return text }
    return String(decoding: clean, as: UTF8.self)
  }

  /// The same for bytes, which stay as they are when no secret is in them.
  public static func bytes(_ bytes: [UInt8]) -> [UInt8] { replaced(bytes) ?? bytes }

  /// - Returns: `nil` when there was nothing to replace, the usual case: no copy is made then.
  private static func replaced(_ bytes: [UInt8]) -> [UInt8]? {
    var result: [UInt8]?
    for secret in secrets.withLock({ $0 }) {
      let current = result ?? bytes
      guard var hit = position(of: secret, in: current, from: 0) else { continue }
      var out: [UInt8] = []
      out.reserveCapacity(current.count)
      var copied = 0
      while true {
        out += current[copied..<hit]
        out += markBytes
        copied = hit + secret.count
        guard let next = position(of: secret, in: current, from: copied) else { break }
        hit = next
      }
      out += current[copied...]
      result = out
    }
    return result
  }

  private static func holdsSecret(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    return secrets.withLock { known in
      known.contains { qs_find(base, bytes.count, $0, $0.count) != nil }
    }
  }

  private static func position(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count - start >= wanted.count else { return nil }
    return bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let hit = qs_find(base + start, bytes.count - start, wanted, wanted.count)
      else { return nil }
      return hit - base
    }
  }

  private static func hideSegments(after lead: [UInt8], in bytes: inout [UInt8]) {
    var from = 0
    while let hit = position(of: lead, in: bytes, from: from) {
      let start = hit + lead.count
      let end = bytes[start...].firstIndex { !isInSegment($0) } ?? bytes.endIndex
      // Without a slash behind it there is no user in it.
      if end < bytes.endIndex, bytes[end] == 47 {
        bytes.replaceSubrange(start..<end, with: markBytes)
      }
      from = start
    }
  }

  private static func hideParameters(in bytes: inout [UInt8]) {
    var at = 0
    while let equals = bytes[at...].firstIndex(of: 61) {
      at = equals + 1
      let name = bytes[..<equals].suffix(while: { $0 != 63 && $0 != 38 && $0 != 59 })
      guard name.startIndex > 0, name.count <= 64, name.allSatisfy(isInName) else { continue }
      let lowered = name.map { (65...90).contains($0) ? $0 + 32 : $0 }
      guard secretParameters.contains(where: { lowered.reversed().starts(with: $0.reversed()) })
      else { continue }
      let end = bytes[at...].firstIndex { !isInValue($0) } ?? bytes.endIndex
      bytes.replaceSubrange(at..<end, with: markBytes)
    }
  }

  private static func hideUserInfo(in bytes: inout [UInt8]) {
    var from = 0
    while let hit = position(of: Array("://".utf8), in: bytes, from: from) {
      from = hit + 3
      let end = bytes[from...].firstIndex { !isInSegment($0) } ?? bytes.endIndex
      if let sign = bytes[from..<end].lastIndex(of: 64) {
        bytes.replaceSubrange(from..<sign, with: markBytes)
      }
    }
  }

  private static func isInName(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || byte == 45 || byte == 46 || byte == 95
  }

  /// Neither white space, quotes, angle brackets nor the separators of an address.
  private static func isInValue(_ byte: UInt8) -> Bool {
    byte > 32 && ![34, 35, 38, 39, 60, 62].contains(byte)
  }

  private static func isInSegment(_ byte: UInt8) -> Bool {
    isInValue(byte) && byte != 47 && byte != 63
  }

  private static func percentEncoded(_ text: String) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return text.utf8.flatMap { byte in
      isInName(byte) || byte == 126 ? [byte] : [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
}

extension Collection<UInt8> where Self: BidirectionalCollection {
  /// The longest end of which every byte fulfils the condition.
  fileprivate func suffix(while isWanted: (UInt8) -> Bool) -> SubSequence {
    var start = endIndex
    while start > startIndex {
      let before = index(before: start)
      guard isWanted(self[before]) else { break }
      start = before
    }
    return self[start...]
  }
}
