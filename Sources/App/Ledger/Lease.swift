public import Kit

/// A worker's right to go on with what it claimed, for as long as `duration`.
public struct Lease: Sendable {
  public var id: UUIDv7
  public var worker: String
  public var duration: Duration

  public init(id: UUIDv7, worker: String, duration: Duration) {
    self.id = id
    self.worker = worker
    self.duration = duration
  }
}
