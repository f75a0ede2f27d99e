import Inventory
import Kit
import Ledger
import People

/// What the demo's seller has on the shelf: twelve laptops that are built of the same few parts.
enum DemoStock {
  private struct Part {
    let code: String
    let name: String
    let type: String
    let barcode: String
    let pieces: Int64
    var asksSerial = false
  }

  private struct Laptop {
    let sku: String
    let base: String
    let bill: [(code: String, pieces: Int)]
  }

  /// Barcodes begin with 20, which is for use within a company.
  private static let parts: [Part] = [
    Part(
      code: "NB-T14", name: "T14 notebook, bare", type: "Laptop", barcode: "2001000000014",
      pieces: 60, asksSerial: true),
    Part(
      code: "NB-X13", name: "X13 notebook, bare", type: "Laptop", barcode: "2001000000021",
      pieces: 45, asksSerial: true),
    Part(
      code: "NB-P16", name: "P16 workstation, bare", type: "Laptop", barcode: "2001000000038",
      pieces: 30, asksSerial: true),
    Part(
      code: "NB-L15", name: "L15 notebook, bare", type: "Laptop", barcode: "2001000000045",
      pieces: 40, asksSerial: true),
    Part(
      code: "RAM-8", name: "8 GB DDR5 SO-DIMM", type: "RAM", barcode: "2002000000013", pieces: 90),
    Part(
      code: "RAM-16", name: "16 GB DDR5 SO-DIMM", type: "RAM", barcode: "2002000000020",
      pieces: 160),
    Part(
      code: "RAM-32", name: "32 GB DDR5 SO-DIMM", type: "RAM", barcode: "2002000000037",
      pieces: 70),
    Part(
      code: "SSD-256", name: "256 GB NVMe SSD", type: "SSD", barcode: "2003000000012", pieces: 40),
    Part(
      code: "SSD-512", name: "512 GB NVMe SSD", type: "SSD", barcode: "2003000000029", pieces: 85),
    Part(code: "SSD-1T", name: "1 TB NVMe SSD", type: "SSD", barcode: "2003000000036", pieces: 95),
    Part(code: "SSD-2T", name: "2 TB NVMe SSD", type: "SSD", barcode: "2003000000043", pieces: 12),
    Part(
      code: "PSU-65", name: "65 W USB-C charger", type: "Charger", barcode: "2004000000011",
      pieces: 150),
    Part(
      code: "PSU-170", name: "170 W charger", type: "Charger", barcode: "2004000000028",
      pieces: 30),
  ]

  private static let laptops: [Laptop] = [
    laptop("LAP-T14-16-512", "T14", "NB-T14", [("RAM-16", 1), ("SSD-512", 1)]),
    laptop("LAP-T14-32-512", "T14", "NB-T14", [("RAM-16", 2), ("SSD-512", 1)]),
    laptop("LAP-T14-32-1T", "T14", "NB-T14", [("RAM-16", 2), ("SSD-1T", 1)]),
    laptop("LAP-X13-16-256", "X13", "NB-X13", [("RAM-16", 1), ("SSD-256", 1)]),
    laptop("LAP-X13-16-512", "X13", "NB-X13", [("RAM-16", 1), ("SSD-512", 1)]),
    laptop("LAP-X13-32-1T", "X13", "NB-X13", [("RAM-16", 2), ("SSD-1T", 1)]),
    laptop("LAP-P16-32-1T", "P16", "NB-P16", [("RAM-16", 2), ("SSD-1T", 1)], "PSU-170"),
    laptop("LAP-P16-64-1T", "P16", "NB-P16", [("RAM-32", 2), ("SSD-1T", 1)], "PSU-170"),
    laptop("LAP-P16-64-2T", "P16", "NB-P16", [("RAM-32", 2), ("SSD-2T", 1)], "PSU-170"),
    laptop("LAP-L15-8-256", "L15", "NB-L15", [("RAM-8", 1), ("SSD-256", 1)]),
    laptop("LAP-L15-16-512", "L15", "NB-L15", [("RAM-8", 2), ("SSD-512", 1)]),
    laptop("LAP-L15-16-1T", "L15", "NB-L15", [("RAM-8", 2), ("SSD-1T", 1)]),
  ]

  private static func laptop(
    _ sku: String, _ base: String, _ bare: String, _ inside: [(code: String, pieces: Int)],
    _ charger: String = "PSU-65"
  ) -> Laptop {
    var bill = inside
    bill.append((bare, 1))
    bill.append((charger, 1))
    return Laptop(sku: sku, base: base, bill: bill)
  }

  /// Puts it all on the shelf of an empty database.
  static func fill(_ inventory: Inventory) async throws {
    for part in parts {
      try await inventory.save(
        ComponentDraft(
          code: part.code, name: part.name, type: part.type, barcode: part.barcode,
          asksSerial: part.asksSerial), by: "demo")
      try await inventory.receive(
        part.code, part.pieces, reason: "first delivery", by: "demo")
    }
    for laptop in laptops {
      try await inventory.save(
        VariantDraft(internalSKU: laptop.sku, baseModel: laptop.base, bill: laptop.bill),
        by: "demo")
    }
  }
}
