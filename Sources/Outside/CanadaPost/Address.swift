/// A Canadian address in the carrier's terms.
public struct Address: Sendable, Equatable {
  public var name: String
  public var company: String
  /// Unit, buzzer and the like.
  public var additional: String?
  public var line1: String
  public var line2: String?
  public var city: String
  /// Two letters.
  public var province: String
  /// Upper case, no blank.
  public var postalCode: String
  /// Alpha-2.
  public var country: String
  public var phone: String?
  public var email: String?

  public init(
    name: String, company: String, additional: String? = nil, line1: String, line2: String? = nil,
    city: String, province: String, postalCode: String, country: String = "CA",
    phone: String? = nil, email: String? = nil
  ) {
    self.name = name
    self.company = company
    self.additional = additional
    self.line1 = line1
    self.line2 = line2
    self.city = city
    self.province = province
    self.postalCode = postalCode
    self.country = country
    self.phone = phone
    self.email = email
  }
}
