import Kit
import Packing

/// A bench with one order: a laptop of 16 GB twice 8, and a drive that has a serial number.
enum Bench {
  static let ram = PackingItem(
    lineID: "1", kind: .part(8), name: "RAM 8 GB", detail: "RAM · P8", needed: 2)
  static let drive = PackingItem(
    lineID: "1", kind: .part(9), name: "SSD 1 TB", detail: "SSD · P9", needed: 1, asksSerial: true)
  static let pin = "7000000000000017"
  static let order = "270000123-A"

  static let bill = PackingBill(
    lines: [PackingLine(lineID: "1", title: "Laptop", sku: "L-1", quantity: 1)],
    items: [ram, drive])

  static func session(_ bill: PackingBill = bill, packer: String = "kim") -> PackingSession {
    PackingSession(id: UUIDv7(high: 1, low: 1), orderID: order, bill: bill, packer: packer)
  }

  /// What codes mean in this house.
  static func meanings(of scan: ScannedText) -> [CodeMeaning] {
    scan.candidates.compactMap { code in
      switch code {
      case "RAM-8": .part(KnownPart(id: 8, name: "RAM 8 GB", asksSerial: false))
      case "SSD-1": .part(KnownPart(id: 9, name: "SSD 1 TB", asksSerial: true))
      case "RAM-4": .part(KnownPart(id: 4, name: "RAM 4 GB", asksSerial: false))
      case "SSD-OLD": .part(KnownPart(id: 5, name: "SSD 256 GB", asksSerial: true))
      case "270000999-A": .order(code)
      case order, pin: .order(order)
      default: nil
      }
    }
  }

  static func around(
    _ event: PackingEvent, mode: PackingMode = .block,
    standing: OrderStanding = OrderStanding(trackingPIN: pin), usedSerials: [String: String] = [:],
    leftSerials: [String: String] = [:], session: PackingSession? = nil
  ) -> PackingSurroundings {
    var around = PackingSurroundings(mode: mode, standing: standing)
    if case .scan(let scan) = event.resolved { around.meanings = meanings(of: scan) }
    if let serial = session?.serial(in: event) {
      around.serialOwner = usedSerials[serial] ?? leftSerials[serial]
      around.hasSerialLeft = leftSerials[serial] != nil
    }
    return around
  }
}

extension PackingSession {
  /// Scans of a person are far apart.
  @discardableResult
  mutating func scan(
    _ text: String, by packer: String = "kim", mode: PackingMode = .block, at: Int64? = nil,
    standing: OrderStanding = OrderStanding(trackingPIN: Bench.pin),
    usedSerials: [String: String] = [:], leftSerials: [String: String] = [:]
  ) -> PackingOutcome {
    let event = PackingEvent.scan(
      ScannedText(text, capturedAt: at ?? Int64(version + 1) * 10_000))
    return take(
      event, by: packer,
      Bench.around(
        event, mode: mode, standing: standing, usedSerials: usedSerials, leftSerials: leftSerials,
        session: self)
    ).outcome
  }

  @discardableResult
  mutating func act(
    _ event: PackingEvent, by packer: String = "kim", mode: PackingMode = .block,
    standing: OrderStanding = OrderStanding(trackingPIN: Bench.pin)
  ) -> Verdict {
    take(event, by: packer, Bench.around(event, mode: mode, standing: standing))
  }
}
