public struct XMLLimits: Sendable {
  public var bytes: Int
  public var depth: Int
  public var elements: Int

  public init(bytes: Int = 16 << 20, depth: Int = 32, elements: Int = 200_000) {
    self.bytes = bytes
    self.depth = depth
    self.elements = elements
  }
}
