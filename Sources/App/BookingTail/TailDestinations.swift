public import Push

/// Where the work of a business goes. The wiring reads the business's capabilities.
public struct TailDestinations: Sendable {
  /// `nil`: the business has no sheet, or has switched it off.
  public var sheet: @Sendable (_ businessID: String) async -> SheetDestination?
  /// `nil`: the business wants no messages.
  public var push: @Sendable (_ businessID: String) async -> PushSender?

  public init(
    sheet: @escaping @Sendable (String) async -> SheetDestination?,
    push: @escaping @Sendable (String) async -> PushSender?
  ) {
    self.sheet = sheet
    self.push = push
  }
}
