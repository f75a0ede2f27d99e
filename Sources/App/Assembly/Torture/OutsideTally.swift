package import Kit
package import Sandbox

extension SandboxTally {
  /// Reads what `GET /control/tally` answers.
  package init?(json: JSONValue) {
    guard let orders = json["orders"], let violations = json["violations"] else { return nil }
    self.init()
    for (id, order) in orders.members { self.orders[id] = Order(json: order) }
    self.violations = violations.elements.map { violation in
      SandboxViolation(
        name: violation["name"]?.string ?? "", order: violation["order"]?.string ?? "",
        detail: violation["detail"]?.string ?? "")
    }
  }
}

extension SandboxTally.Order {
  fileprivate init(json: JSONValue) {
    self.init()
    for (name, value) in json.members {
      let count = Int(value.int ?? 0)
      switch name {
      case "state": state = value.string
      case "kind": kind = value.string ?? ""
      case "accept_calls": acceptCalls = count
      case "accepts": accepts = count
      case "accepts_ignored": acceptsIgnored = count
      case "tracking_calls": trackingCalls = count
      case "trackings": trackings = count
      case "tracking": tracking = value.string
      case "carrier_code": carrierCode = value.string
      case "ship_calls": shipCalls = count
      case "ships": ships = count
      case "labels_bought": labelsBought = count
      case "labels_live": labelsLive = count
      case "voids": voids = count
      case "refunds": refunds = count
      case "live_pins": livePins = value.elements.compactMap(\.string)
      default: break
      }
    }
  }
}
