/// What may stand in an element, as the carrier's schemas say it.
indirect enum SchemaRule: Sendable {
  /// Text of a number of characters.
  case text(ClosedRange<Int>)
  case boolean
  /// Only `true`, or nothing.
  case fixedTrue
  /// More than nothing, at most `most`; both in units of the last of `fraction` decimals.
  case decimal(most: Int, fraction: Int)
  case integer(ClosedRange<Int>)
  case digits(ClosedRange<Int>)
  case date
  case dateTime
  /// A Canadian postal code without a space.
  case postalCode
  case postalOrZip
  case country
  case tariff
  /// An address whose last label has a number of letters.
  case email(ClosedRange<Int>)
  case oneOf([String])
  /// Children in any order, each at most once.
  case all([SchemaChild])
  /// One kind of child, a number of times.
  case list(SchemaChild, ClosedRange<Int>)
}

/// A child element and whether it must be there.
struct SchemaChild: Sendable {
  let name: String
  let isMandatory: Bool
  /// Elements of one group exclude each other (`group-id`, `transmit-shipment`).
  let group: String?
  let rule: SchemaRule

  static func must(_ name: String, _ rule: SchemaRule, group: String? = nil) -> SchemaChild {
    SchemaChild(name: name, isMandatory: true, group: group, rule: rule)
  }

  static func may(_ name: String, _ rule: SchemaRule) -> SchemaChild {
    SchemaChild(name: name, isMandatory: false, group: nil, rule: rule)
  }
}
