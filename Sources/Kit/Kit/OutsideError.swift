/// A call to an outside system that did not bring what was asked for.
public struct OutsideError: ClassifiedError {
  /// `BestBuy`, `CanadaPost`.
  public var service: String
  /// The other side's own code, where it gave one.
  public var code: String?
  public var status: Int?
  public var message: String
  public var classification: Classification

  public init(
    service: String, code: String? = nil, status: Int? = nil, message: String,
    classification: Classification
  ) {
    self.service = service
    self.code = code
    self.status = status
    self.message = message
    self.classification = classification
  }

  public var description: String {
    var text = service
    if let status { text += " \(status)" }
    if let code { text += " \(code)" }
    return text + ": " + message
  }

  public var debugDescription: String { "\(description) [\(classification)]" }
}
