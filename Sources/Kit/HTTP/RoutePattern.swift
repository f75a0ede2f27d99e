/// A path as routes name it: `/orders/{order_id}`. A segment is a word, a capture, or at its end
/// `{file...}` for all that is left (not decoded).
public struct RoutePattern: Sendable {
  private enum Segment: Sendable {
    case word(String)
    case capture(String)
    case rest(String)
  }

  private let segments: [Segment]

  public init(_ text: String) { segments = text.split(separator: "/").map(Self.segment) }

  /// Compares raw segments, so that an encoded `/` stays inside its capture.
  ///
  /// - Parameter path: `HTTPRequest.rawPath`, split at its slashes.
  /// - Returns: the captures, percent-decoded; `nil` when the path is another.
  public func match(_ path: [Substring]) -> [String: String]? {
    var captures: [String: String] = [:]
    for (position, segment) in segments.enumerated() {
      if case .rest(let name) = segment {
        captures[name] = path.dropFirst(position).joined(separator: "/")
        return captures
      }
      guard position < path.count else { return nil }
      switch segment {
      case .capture(let name): captures[name] = PercentEncoding.decode(path[position])
      case .word(let word):
        guard path[position] == word || PercentEncoding.decode(path[position]) == word else {
          return nil
        }
      case .rest: return nil
      }
    }
    return segments.count == path.count ? captures : nil
  }

  private static func segment(_ text: Substring) -> Segment {
    guard text.hasPrefix("{"), text.hasSuffix("}") else { return .word(String(text)) }
    let name = text.dropFirst().dropLast()
    return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .capture(String(name))
  }
}
