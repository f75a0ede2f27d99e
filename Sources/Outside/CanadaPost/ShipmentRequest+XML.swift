import XML

extension ShipmentRequest {
  /// The request as the carrier's schema wants it, in document order.
  package func xml(for kind: CanadaPostAccount.Kind) -> [UInt8] {
    switch kind {
    case .contract(let contractID, let method): contractXML(contractID, method)
    case .nonContract: nonContractXML()
    }
  }

  private func contractXML(_ contractID: String, _ method: String) -> [UInt8] {
    XMLWriter.document(root: "shipment", namespace: CarrierMedia.shipmentNamespace) { w in
      w.element("customer-request-id", requestID)
      if let groupID {
        w.element("group-id", groupID)
      } else {
        w.element("transmit-shipment", "true")
      }
      if isPickedUp { w.element("cpc-pickup-indicator", "true") }
      // One or the other.
      if let shippingPointID {
        w.element("shipping-point-id", shippingPointID)
      } else {
        w.element("requested-shipping-point", sender.postalCode)
      }
      w.optional("expected-mailing-date", mailingDate)
      // Legal as `true` or not at all.
      if wantsPrice { w.element("provide-pricing-info", "true") }
      w.element("delivery-spec") { w in
        w.element("service-code", serviceCode)
        senderXML(&w, withCountry: true)
        destinationXML(&w)
        optionsXML(&w)
        parcelXML(&w)
        notificationXML(&w)
        w.element("print-preferences") { w in
          w.element("output-format", outputFormat)
          w.element("encoding", encoding)
        }
        preferencesXML(&w)
        referencesXML(&w, second: customerRef2)
        w.element("settlement-info") { w in
          w.element("contract-id", contractID)
          w.element("intended-method-of-payment", method)
          w.optional("promo-code", promoCode)
        }
      }
    }
  }

  private func nonContractXML() -> [UInt8] {
    let namespace = CarrierMedia.nonContractNamespace
    return XMLWriter.document(root: "non-contract-shipment", namespace: namespace) { w in
      w.element("requested-shipping-point", sender.postalCode)
      w.element("delivery-spec") { w in
        w.element("service-code", serviceCode)
        senderXML(&w, withCountry: false)
        destinationXML(&w)
        optionsXML(&w)
        parcelXML(&w)
        notificationXML(&w)
        preferencesXML(&w)
        // There is no request id here: the second reference proves which parcel it is.
        referencesXML(&w, second: customerRef2 ?? requestID)
        if let promoCode {
          w.element("settlement-info") { w in w.optional("promo-code", promoCode) }
        }
      }
    }
  }

  private func senderXML(_ w: inout XMLWriter, withCountry: Bool) {
    w.element("sender") { w in
      w.optional("name", sender.name.isEmpty ? nil : sender.name)
      w.optional("company", sender.company)
      w.optional("contact-phone", sender.phone)
      addressDetails(sender, withCountry: withCountry, &w)
    }
  }

  private func destinationXML(_ w: inout XMLWriter) {
    w.element("destination") { w in
      w.optional("name", destination.name.isEmpty ? nil : destination.name)
      w.optional("company", destination.company.isEmpty ? nil : destination.company)
      w.optional("additional-address-info", destination.additional)
      w.optional("client-voice-number", destination.phone)
      addressDetails(destination, withCountry: true, &w)
    }
  }

  private func addressDetails(_ address: Address, withCountry: Bool, _ w: inout XMLWriter) {
    w.element("address-details") { w in
      w.element("address-line-1", address.line1)
      w.optional("address-line-2", address.line2)
      w.element("city", address.city)
      w.element("prov-state", address.province)
      if withCountry { w.element("country-code", address.country) }
      w.element("postal-zip-code", address.postalCode)
    }
  }

  private func optionsXML(_ w: inout XMLWriter) {
    guard !options.isEmpty else { return }
    w.element("options") { w in
      for option in options {
        w.element("option") { w in
          w.element("option-code", option.code)
          w.optional("option-amount", option.amount)
          w.optional("option-qualifier-1", option.qualifier1.map(String.init))
          w.optional("option-qualifier-2", option.qualifier2)
        }
      }
    }
  }

  /// Kilograms with three decimals, centimetres with one, longest side first.
  private func parcelXML(_ w: inout XMLWriter) {
    let sides = parcel.sides
    w.element("parcel-characteristics") { w in
      w.element("weight", Self.decimal(parcel.weightGrams, unit: 1_000))
      w.element("dimensions") { w in
        w.element("length", Self.decimal(sides[0], unit: 10))
        w.element("width", Self.decimal(sides[1], unit: 10))
        w.element("height", Self.decimal(sides[2], unit: 10))
      }
      if parcel.isUnpackaged { w.element("unpackaged", "true") }
      if parcel.isMailingTube { w.element("mailing-tube", "true") }
    }
  }

  private func notificationXML(_ w: inout XMLWriter) {
    guard let notification else { return }
    w.element("notification") { w in
      w.element("email", notification.email)
      w.element("on-shipment", String(notification.onShipment))
      w.element("on-exception", String(notification.onException))
      w.element("on-delivery", String(notification.onDelivery))
    }
  }

  private func preferencesXML(_ w: inout XMLWriter) {
    w.element("preferences") { w in
      w.element("show-packing-instructions", String(showsPackingInstructions))
    }
  }

  private func referencesXML(_ w: inout XMLWriter, second: String?) {
    guard !customerRef1.isEmpty || costCentre != nil || second != nil else { return }
    w.element("references") { w in
      w.optional("cost-centre", costCentre)
      w.optional("customer-ref-1", customerRef1.isEmpty ? nil : customerRef1)
      w.optional("customer-ref-2", second)
    }
  }

  /// 1250 in units of 1000 is 1.250.
  private static func decimal(_ value: Int, unit: Int) -> String {
    // The unit's own digits stand in for the zeros in front.
    "\(value / unit).\("\(unit + value % unit)".dropFirst())"
  }
}
