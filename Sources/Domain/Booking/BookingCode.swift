/// Every kind of trouble there is, with its HTTP status, who must act, and what its title says. The
/// envelope, problem documents, the OpenAPI document and the documentation are made from this table.
public enum BookingCode: String, Sendable, CaseIterable {
  // What was sent.
  case malformedJSON = "MALFORMED_JSON"
  case invalidRequest = "INVALID_REQUEST"
  case keyRequired = "IDEMPOTENCY_KEY_REQUIRED"
  case keyInvalid = "IDEMPOTENCY_KEY_INVALID"
  case unauthenticated = "UNAUTHENTICATED"
  case forbidden = "FORBIDDEN"
  case notFound = "NOT_FOUND"
  case methodNotAllowed = "METHOD_NOT_ALLOWED"
  case tooLarge = "PAYLOAD_TOO_LARGE"
  case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
  // What the business allows.
  case bookingDisabled = "BOOKING_DISABLED"
  case fieldsMissing = "FIELDS_MISSING"
  case itemChoiceRequired = "ITEM_CHOICE_REQUIRED"
  case unknownItem = "UNKNOWN_ITEM"
  case approvalRequired = "APPROVAL_REQUIRED"
  case duplicateOrder = "DUPLICATE_ORDER"
  case slotUnavailable = "SLOT_UNAVAILABLE"
  case invalidOrderState = "INVALID_ORDER_STATE"
  case draftClosed = "DRAFT_CLOSED"
  // The customer's yes.
  case confirmationRequired = "CONFIRMATION_REQUIRED"
  case confirmationVoid = "CONFIRMATION_VOID"
  case confirmationExpired = "CONFIRMATION_EXPIRED"
  case confirmationDeclined = "CONFIRMATION_DECLINED"
  case confirmationUsed = "CONFIRMATION_USED"
  case confirmationTooWeak = "CONFIRMATION_TOO_WEAK"
  case codeWrong = "CODE_WRONG"
  case signatureInvalid = "SIGNATURE_INVALID"
  case channelUnavailable = "CHANNEL_UNAVAILABLE"
  // Others were there first.
  case keyReused = "IDEMPOTENCY_KEY_REUSED"
  case inFlight = "IDEMPOTENCY_IN_FLIGHT"
  case versionConflict = "VERSION_CONFLICT"
  case preconditionFailed = "PRECONDITION_FAILED"
  case throttled = "TOO_MANY_REQUESTS"
  // Ours.
  case integration = "INTEGRATION_ERROR"
  case unavailable = "SERVICE_UNAVAILABLE"
  case system = "SYSTEM_ERROR"

  /// Who can do something about it.
  public enum Actor: String, Sendable, CaseIterable { case agent, customer, business, nobody }

  public var status: Int {
    switch self {
    case .malformedJSON, .invalidRequest, .keyRequired, .keyInvalid: 400
    case .unauthenticated: 401
    case .forbidden: 403
    case .notFound: 404
    case .methodNotAllowed: 405
    case .tooLarge: 413
    case .unsupportedMediaType: 415
    case .bookingDisabled, .fieldsMissing, .itemChoiceRequired, .unknownItem, .invalidOrderState,
      .codeWrong, .signatureInvalid, .channelUnavailable, .keyReused:
      422
    case .approvalRequired, .duplicateOrder, .slotUnavailable, .draftClosed, .confirmationRequired,
      .confirmationVoid, .confirmationExpired, .confirmationDeclined, .confirmationUsed,
      .confirmationTooWeak, .inFlight, .versionConflict:
      409
    case .preconditionFailed: 412
    case .throttled: 429
    case .integration: 502
    case .unavailable: 503
    case .system: 500
    }
  }

  public var actor: Actor {
    switch self {
    case .malformedJSON, .invalidRequest, .keyRequired, .keyInvalid, .unauthenticated, .forbidden,
      .notFound, .methodNotAllowed, .tooLarge, .unsupportedMediaType, .keyReused, .versionConflict,
      .preconditionFailed, .invalidOrderState, .draftClosed, .unknownItem:
      .agent
    case .fieldsMissing, .itemChoiceRequired, .duplicateOrder, .slotUnavailable,
      .confirmationRequired, .confirmationVoid, .confirmationExpired, .confirmationDeclined,
      .confirmationUsed, .confirmationTooWeak, .codeWrong, .signatureInvalid:
      .customer
    case .bookingDisabled, .approvalRequired, .channelUnavailable: .business
    case .inFlight, .throttled, .integration, .unavailable, .system: .nobody
    }
  }

  /// The family in the hierarchy of errors.
  public var family: String {
    switch self {
    case .malformedJSON, .invalidRequest, .keyRequired, .keyInvalid, .unauthenticated, .forbidden,
      .notFound, .methodNotAllowed, .tooLarge, .unsupportedMediaType:
      "ValidationError"
    case .bookingDisabled, .fieldsMissing, .itemChoiceRequired, .unknownItem, .approvalRequired,
      .duplicateOrder, .slotUnavailable, .invalidOrderState, .draftClosed, .confirmationRequired,
      .confirmationVoid, .confirmationExpired, .confirmationDeclined, .confirmationUsed,
      .confirmationTooWeak, .codeWrong, .signatureInvalid, .channelUnavailable, .keyReused,
      .inFlight,
      .versionConflict, .preconditionFailed, .throttled:
      "BusinessRuleError"
    case .integration: "IntegrationError"
    case .unavailable, .system: "SystemError"
    }
  }

  /// The same request may succeed later without anybody changing it.
  public var isRetryable: Bool {
    [.inFlight, .throttled, .integration, .unavailable, .system].contains(self)
  }

  /// The words of a problem document's title.
  public var title: String {
    rawValue.split(separator: "_").enumerated().map { i, word in
      i == 0 ? word.prefix(1) + word.dropFirst().lowercased() : word.lowercased()
    }.joined(separator: " ")
  }
}
