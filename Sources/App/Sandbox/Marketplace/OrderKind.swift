/// What kind of order is invented. Raw values are the names in `POST /control/orders`.
public enum OrderKind: String, Sendable, CaseIterable {
  // Orders that should go through.
  case single
  case multiLine = "multi_line"
  case quantities
  case french
  case poBox = "po_box"
  /// Every address field as long as the carrier allows.
  case longAddress = "long_address"
  case express
  /// An e-mail address as customer id.
  case emailCustomer = "email_customer"
  case noPhone = "no_phone"
  /// Members that nobody has heard of.
  case extraFields = "extra_fields"
  /// The province in words instead of its two letters.
  case provinceName = "province_name"

  // Orders that need somebody, or some time.
  case tooLongAddress = "too_long_address"
  case unknownSku = "unknown_sku"
  case unknownStateThenHeals = "unknown_state_then_heals"
  case missingFieldThenHeals = "missing_field_then_heals"

  // Orders that end another way.
  /// CANCELED at the moment of the accept call, which is therefore refused.
  case cancelledBeforeAccept = "cancelled_before_accept"
  /// CANCELED instead of reaching WAITING_DEBIT_PAYMENT.
  case cancelledAfterAccept = "cancelled_after_accept"
  /// CANCELED at the moment its label is bought.
  case cancelledAfterLabel = "cancelled_after_label"
  /// The acceptance timer runs out at the moment of the accept call.
  case refused
  /// The accept call is answered 204, but the order stays WAITING_ACCEPTANCE.
  case neverAccepts = "never_accepts"
  /// The accept call is refused, and the order stays WAITING_ACCEPTANCE.
  case acceptRefused = "accept_refused"

  /// Given by a test as JSON.
  case explicit

  /// The kinds that end SHIPPED without anybody's help.
  public static let normal: [OrderKind] = [
    .single, .multiLine, .french, .quantities, .express, .poBox, .emailCustomer, .noPhone,
    .longAddress, .extraFields, .provinceName,
  ]

  /// The kinds that do not, or not at once.
  public static let special: [OrderKind] = [
    .tooLongAddress, .unknownSku, .unknownStateThenHeals, .missingFieldThenHeals,
    .cancelledBeforeAccept, .cancelledAfterAccept, .cancelledAfterLabel, .refused, .neverAccepts,
    .acceptRefused,
  ]

  /// A name of `POST /control/orders`: a kind, or `normal`, `special`, `all`.
  static func named(_ name: String) -> [OrderKind]? {
    switch name {
    case "normal": normal
    case "special": special
    case "all": normal + special
    case "explicit": nil
    default: OrderKind(rawValue: name).map { [$0] }
    }
  }
}
