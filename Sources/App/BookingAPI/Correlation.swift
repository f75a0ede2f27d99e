public import HTTP
import Kit

/// What ties a request to its log lines, its history and its outside calls: the caller's own id, else
/// its W3C trace, else a new one.
public enum Correlation {
  static let bytesMax = 128

  public static func id(of headers: HTTPHeaders) -> String {
    if let own = headers["X-Correlation-ID"], isLegal(own) { return own }
    if let parent = headers["traceparent"], let trace = traceID(parent) { return trace }
    return "req_" + UUIDv7.make().text
  }

  private static func isLegal(_ id: String) -> Bool {
    (1...bytesMax).contains(id.utf8.count)
      && id.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45
          || $0 == 46 || $0 == 95 || $0 == 58
      }
  }

  /// `00-<32 hex>-<16 hex>-<2 hex>`, lower case; a later version may be longer. All zeros are no id,
  /// and `ff` is no version.
  public static func traceID(_ parent: String) -> String? {
    let bytes = Array(parent.utf8)
    guard bytes.count == 55 || bytes.count > 55 && bytes[55] == 45,
      bytes[2] == 45, bytes[35] == 45, bytes[52] == 45
    else { return nil }
    let fields = [bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55]]
    let isHex = fields.allSatisfy { field in
      field.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
    let version = String(decoding: fields[0], as: UTF8.self)
    guard isHex, version != "ff", version != "00" || bytes.count == 55,
      fields[1].contains(where: { $0 != 48 }), fields[2].contains(where: { $0 != 48 })
    else { return nil }
    return String(decoding: fields[1], as: UTF8.self)
  }
}
