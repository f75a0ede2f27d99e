/// The part that a barcode means.
public struct ScannedPart: Sendable, Equatable {
  public let componentID: Int64
  public let code: String
  public let name: String
  public let type: String
  public let asksSerial: Bool
}
