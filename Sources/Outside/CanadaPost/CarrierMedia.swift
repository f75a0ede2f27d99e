/// Exact media types and namespaces: the carrier refuses `*/*`.
enum CarrierMedia {
  static let shipment = "application/vnd.cpc.shipment-v8+xml"
  static let nonContract = "application/vnd.cpc.ncshipment-v4+xml"
  static let manifest = "application/vnd.cpc.manifest-v8+xml"
  static let pdf = "application/pdf"
  static let zpl = "application/zpl"

  static let shipmentNamespace = "http://www.canadapost.ca/ws/shipment-v8"
  static let nonContractNamespace = "http://www.canadapost.ca/ws/ncshipment-v4"
  static let manifestNamespace = "http://www.canadapost.ca/ws/manifest-v8"
}
