/// A shipment request that is valid unless a test spoils it.
struct ShipmentXML {
  var isContract = true
  var order = "270000000-A"
  var requestID = "BBY-0001"
  /// nil buys at once.
  var group: String? = "WH1"
  var edits: [(String, String)] = []

  init(order: String = "270000000-A", requestID: String = "BBY-0001", isContract: Bool = true) {
    self.order = order
    self.requestID = requestID
    self.isContract = isContract
  }

  /// Replaces a piece of the text.
  func replacing(_ old: String, _ new: String) -> ShipmentXML {
    var copy = self
    copy.edits.append((old, new))
    return copy
  }

  var text: String {
    var text = isContract ? contract : nonContract
    for (old, new) in edits {
      if let range = text.firstRange(of: old) { text.replaceSubrange(range, with: new) }
    }
    return text
  }

  /// A transmit of one group.
  static func transmit(_ group: String) -> String {
    """
    <transmit-set xmlns="http://www.canadapost.ca/ws/manifest-v8"><group-ids>\
    <group-id>\(group)</group-id></group-ids><requested-shipping-point>A1B2C3\
    </requested-shipping-point><detailed-manifests>true</detailed-manifests>\
    <method-of-payment>Account</method-of-payment><manifest-address><manifest-company>X\
    </manifest-company><phone-number>555</phone-number><address-details><address-line-1>1 A\
    </address-line-1><city>B</city><prov-state>NL</prov-state><postal-zip-code>A1B2C3\
    </postal-zip-code></address-details></manifest-address></transmit-set>
    """
  }

  private var contract: String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <shipment xmlns="http://www.canadapost.ca/ws/shipment-v8">
    <customer-request-id>\(requestID)</customer-request-id>
    \(group.map { "<group-id>\($0)</group-id>" } ?? "<transmit-shipment>true</transmit-shipment>")
    <requested-shipping-point>A1B2C3</requested-shipping-point>
    <delivery-spec><service-code>DOM.EP</service-code>
    <sender><company>Example Widgets</company><contact-phone>555-010-0199</contact-phone>
    <address-details><address-line-1>9 Sample Road</address-line-1><city>Exampleville</city>\
    <prov-state>NL</prov-state><country-code>CA</country-code>\
    <postal-zip-code>A1B2C3</postal-zip-code></address-details></sender>
    \(destination)
    <parcel-characteristics><weight>1.250</weight><dimensions><length>31.0</length>\
    <width>22.5</width><height>8.0</height></dimensions></parcel-characteristics>
    <print-preferences><output-format>4x6</output-format><encoding>PDF</encoding>\
    </print-preferences>
    <preferences><show-packing-instructions>false</show-packing-instructions></preferences>
    <references><customer-ref-1>\(order)</customer-ref-1></references>
    <settlement-info><contract-id>0099887766</contract-id>\
    <intended-method-of-payment>Account</intended-method-of-payment></settlement-info>
    </delivery-spec></shipment>
    """
  }

  private var nonContract: String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <non-contract-shipment xmlns="http://www.canadapost.ca/ws/ncshipment-v4">
    <delivery-spec><service-code>DOM.EP</service-code>
    <sender><company>Example Widgets</company><contact-phone>555-010-0199</contact-phone>
    <address-details><address-line-1>9 Sample Road</address-line-1><city>Exampleville</city>\
    <prov-state>NL</prov-state><postal-zip-code>A1B2C3</postal-zip-code></address-details></sender>
    \(destination)
    <parcel-characteristics><weight>1.250</weight><dimensions><length>31.0</length>\
    <width>22.5</width><height>8.0</height></dimensions></parcel-characteristics>
    <preferences><show-packing-instructions>false</show-packing-instructions></preferences>
    <references><customer-ref-1>\(order)</customer-ref-1></references>
    </delivery-spec></non-contract-shipment>
    """
  }

  private var destination: String {
    """
    <destination><name>Éloïse Placeholder</name><address-details>\
    <address-line-1>77 Test Crescent</address-line-1><city>Mocktown</city>\
    <prov-state>SK</prov-state><country-code>CA</country-code>\
    <postal-zip-code>S9X8Y7</postal-zip-code></address-details></destination>
    """
  }
}
