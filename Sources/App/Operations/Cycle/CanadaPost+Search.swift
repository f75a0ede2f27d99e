import CanadaPost
import Kit

extension CanadaPostClient {
  /// All labels that exist under a request id, proved to be ours by their details: request id and
  /// customer-ref-1. Contract accounts are searched by request id, others by time window.
  func matches(
    requestID: String, orderID: String, since: Timestamp, calls: inout [CallRecord]
  ) async -> Result<[ShipmentInfo], OutsideError> {
    let found = await search(requestID: requestID, since: since)
    calls.append(found.call)
    guard case .success(let hits) = found.result else {
      if case .failure(let error) = found.result { return .failure(error) }
      return .success([])
    }
    var infos: [ShipmentInfo] = []
    for href in hits {
      let details = await self.details(href)
      calls.append(details.call)
      switch details.result {
      case .failure(let error):
        if case .notFound = error.classification { continue }
        return .failure(error)
      case .success(let details) where details.isOf(requestID: requestID, orderID: orderID):
        let shipment = await self.shipment(href)
        calls.append(shipment.call)
        switch shipment.result {
        case .success(let info): infos.append(info)
        case .failure(let error): return .failure(error)
        }
      case .success: continue
      }
    }
    return .success(infos)
  }
}

extension ShipmentDetails {
  func isOf(requestID: String, orderID: String) -> Bool {
    if let id = self.requestID { return id == requestID }
    return customerRef1 == orderID
  }
}
