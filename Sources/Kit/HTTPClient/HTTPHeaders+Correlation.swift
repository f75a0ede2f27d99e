public import HTTP
public import Kit

extension HTTPHeaders {
  /// Names the request that a call goes back to, so that it is found under the same id outside: the id
  /// itself, and where it is a W3C trace's, a `traceparent` of its own span. That the caller of ours
  /// wanted to be sampled is not handed on.
  ///
  /// - Parameter id: nothing is added without one, or where a header could not hold it.
  public mutating func nameRequest(_ id: String? = Log.correlationID) {
    guard let id, !id.isEmpty, id.utf8.count <= 200, HTTPHeaders.isValue(id) else { return }
    append("X-Correlation-ID", id)
    guard id.utf8.count == 32, id.utf8.contains(where: { $0 != 48 }),
      id.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { return }
    // A span of all zeros is no span.
    let span = Entropy.bytes(7) + [1]
    append("traceparent", "00-\(id)-\(span.map(Self.hex).joined())-00")
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.utf8.count == 1 ? "0" + text : text
  }
}
