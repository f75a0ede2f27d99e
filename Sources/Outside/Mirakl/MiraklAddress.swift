import Kit

/// A shipping address as the marketplace wrote it; empty strings count as absent.
public struct MiraklAddress: Sendable, Equatable {
  public var firstName: String?
  public var lastName: String?
  public var company: String?
  public var additionalInfo: String?
  public var street1: String?
  public var street2: String?
  public var city: String?
  /// A province's code or full name.
  public var state: String?
  public var zipCode: String?
  /// A label for people.
  public var country: String?
  /// Alpha-3; absent in old data.
  public var countryISOCode: String?
  public var phone: String?
  public var phoneSecondary: String?

  /// `nil` for null, and for an object without street and city.
  init?(_ value: JSONValue) {
    guard value.kind == .object else { return nil }
    street1 = value["street_1"]?.filledText
    city = value["city"]?.filledText
    if street1 == nil, city == nil { return nil }
    firstName = value["firstname"]?.filledText
    lastName = value["lastname"]?.filledText
    company = value["company"]?.filledText
    additionalInfo = value["additional_info"]?.filledText
    street2 = value["street_2"]?.filledText
    state = value["state"]?.filledText
    zipCode = value["zip_code"]?.filledText
    country = value["country"]?.filledText
    countryISOCode = value["country_iso_code"]?.filledText
    phone = value["phone"]?.filledText
    phoneSecondary = value["phone_secondary"]?.filledText
  }
}
