import Kit
import XML

extension ShipmentRequest {
  /// The request as the carrier's schema wants it, in document order.
  func xml(for kind: CanadaPostAccount.Kind) -> [UInt8] {
    switch kind {
    case .contract(let contractID, let method): contractXML(contractID, method)
    case .nonContract: nonContractXML()
    }
  }

  private func contractXML(_ contractID: String, _ method: String) -> [UInt8] {
    XMLWriter.document(root: "shipment", namespace: MediaType.shipmentNamespace) { w in
      w.element("customer-request-id", requestID)
      if let groupID {
        w.element("group-id", groupID)
      } else {
        w.element("transmit-shipment", "true")
      }
      w.element("requested-shipping-point", sender.postalCode)
      w.element("delivery-spec") { w in
        w.element("service-code", serviceCode)
        w.element("sender") { w in
          w.optional("name", sender.name.isEmpty ? nil : sender.name)
          w.element("company", sender.company)
          w.optional("contact-phone", sender.phone)
          addressDetails(sender, withCountry: true, &w)
        }
        destinationXML(&w)
        optionsXML(&w)
        parcelXML(&w)
        w.element("print-preferences") { w in
          w.element("output-format", outputFormat)
          w.element("encoding", "PDF")
        }
        w.element("preferences") { $0.element("show-packing-instructions", "false") }
        referencesXML(&w)
        w.element("settlement-info") { w in
          w.element("contract-id", contractID)
          w.element("intended-method-of-payment", method)
        }
      }
    }
  }

  private func nonContractXML() -> [UInt8] {
    XMLWriter.document(
      root: "non-contract-shipment", namespace: MediaType.nonContractNamespace
    ) { w in
      w.element("requested-shipping-point", sender.postalCode)
      w.element("delivery-spec") { w in
        w.element("service-code", serviceCode)
        w.element("sender") { w in
          w.optional("name", sender.name.isEmpty ? nil : sender.name)
          w.element("company", sender.company)
          w.optional("contact-phone", sender.phone)
          addressDetails(sender, withCountry: false, &w)
        }
        destinationXML(&w)
        optionsXML(&w)
        parcelXML(&w)
        w.element("preferences") { $0.element("show-packing-instructions", "false") }
        referencesXML(&w)
      }
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
        }
      }
    }
  }

  /// Kilograms with three decimals, centimetres with one, longest side first.
  private func parcelXML(_ w: inout XMLWriter) {
    let sides = [parcel.lengthMM, parcel.widthMM, parcel.heightMM].sorted(by: >)
    w.element("parcel-characteristics") { w in
      w.element("weight", Self.decimal(parcel.weightGrams, digits: 3))
      w.element("dimensions") { w in
        w.element("length", Self.decimal(sides[0], digits: 1))
        w.element("width", Self.decimal(sides[1], digits: 1))
        w.element("height", Self.decimal(sides[2], digits: 1))
      }
    }
  }

  private func referencesXML(_ w: inout XMLWriter) {
    guard !customerRef1.isEmpty else { return }
    w.element("references") { $0.element("customer-ref-1", customerRef1) }
  }

  /// 1250 with three digits is 1.250.
  static func decimal(_ value: Int, digits: Int) -> String {
    let text = String(value)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return padded.dropLast(digits) + "." + padded.suffix(digits)
  }
}

enum MediaType {
  static let shipment = "application/vnd.cpc.shipment-v8+xml"
  static let nonContract = "application/vnd.cpc.ncshipment-v4+xml"
  static let manifest = "application/vnd.cpc.manifest-v8+xml"
  static let shipmentNamespace = "http://www.canadapost.ca/ws/shipment-v8"
  static let nonContractNamespace = "http://www.canadapost.ca/ws/ncshipment-v4"
  static let manifestNamespace = "http://www.canadapost.ca/ws/manifest-v8"
}
