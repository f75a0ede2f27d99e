import Glibc

/// Lines of a pipe or a terminal, one at a time and on a thread of its own: nothing is read ahead of who
/// asks but what came in the same piece.
public final class LineReader: Sendable {
  public enum Line: Sendable, Equatable {
    /// Without its end.
    case bytes([UInt8])
    /// It was longer than allowed, and was skipped.
    case tooLong
  }

  private static let chunkBytes = 65_536

  private let thread = BlockingThreads(count: 1)
  private let source: Source

  /// - Parameter descriptor: not closed here.
  /// - Parameter bytesMax: of a line.
  public init(descriptor: Int32 = 0, bytesMax: Int) {
    source = Source(descriptor: descriptor, bytesMax: bytesMax)
  }

  /// The next line; `nil` at the end.
  public func next() async -> Line? {
    let source = source
    return await thread.run { source.next() }
  }

  /// Used on the one thread only.
  private final class Source: @unchecked Sendable {
    private let descriptor: Int32
    private let bytesMax: Int
    private var held: [UInt8] = []
    /// Where in `held` no end of a line is.
    private var seen = 0
    private var isSkipping = false
    private var hasEnded = false

    init(descriptor: Int32, bytesMax: Int) {
      self.descriptor = descriptor
      self.bytesMax = bytesMax
    }

    func next() -> Line? {
      while true {
        if let end = held[seen...].firstIndex(of: 10) {
          let line = Array(held[..<end])
          held.removeFirst(end + 1)
          seen = 0
          if isSkipping || line.count > bytesMax {
            isSkipping = false
            return .tooLong
          }
          return .bytes(line)
        }
        seen = held.count
        if held.count > bytesMax {
          isSkipping = true
          held.removeAll()
          seen = 0
        }
        guard !hasEnded else {
          defer { held.removeAll() }
          seen = 0
          if isSkipping {
            isSkipping = false
            return .tooLong
          }
          return held.isEmpty ? nil : .bytes(held)
        }
        fill()
      }
    }

    private func fill() {
      var chunk = [UInt8](repeating: 0, count: LineReader.chunkBytes)
      let count = read(descriptor, &chunk, chunk.count)
      if count > 0 {
        held += chunk[..<count]
      } else if count == 0 || errno != EINTR && errno != EAGAIN {
        hasEnded = true
      }
    }
  }
}
