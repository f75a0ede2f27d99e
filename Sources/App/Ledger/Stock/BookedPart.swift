/// A movement that was just written.
public struct BookedPart: Sendable, Equatable {
  public let movementID: Int64
  public let componentID: Int64
  public let delta: Int64
}
