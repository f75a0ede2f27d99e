/// What the invented orders sell: the seller's own SKUs, as a seller would map them to components.
public struct SandboxCatalogue: Sendable {
  public struct Item: Sendable {
    /// `offer_sku` of an order line.
    public let sku: String
    public let title: String
    /// Price of one in cents.
    public let cents: Int
    /// Weight of one in grams.
    public let grams: Int
    public let categoryCode: String
    public let categoryLabel: String
  }

  /// Every SKU of the invented orders, apart from the kind `unknown_sku`.
  public static let items: [Item] = [
    item("CBL-USBC-2M", "USB-C cable 2 m", 1499, 90, "30101", "Cables"),
    item("CBL-HDMI-3M", "HDMI cable 3 m", 2199, 180, "30101", "Cables"),
    item("DOCK-TB4-96W", "Thunderbolt 4 dock 96 W", 27900, 820, "30310", "Docking stations"),
    item("MSE-WL-GRY", "Wireless mouse grey", 3999, 130, "30205", "Mice"),
    item("KBD-FR-CA", "Clavier français canadien", 8950, 760, "30206", "Keyboards"),
    item("HDS-ANC-BLK", "Noise-cancelling headset", 18900, 410, "30401", "Headsets"),
    item("LAP-T14-16-512", "Laptop 14 in, 16 GB, 512 GB SSD", 119900, 2100, "20001", "Laptops"),
    item("LAP-T14-32-512", "Laptop 14 in, 32 GB, 512 GB SSD", 134900, 2100, "20001", "Laptops"),
    item("LAP-T14-32-1T", "Laptop 14 in, 32 GB, 1 TB SSD", 147900, 2100, "20001", "Laptops"),
    item("LAP-X13-16-256", "Laptop 13 in, 16 GB, 256 GB SSD", 99900, 1750, "20001", "Laptops"),
    item("LAP-X13-16-512", "Laptop 13 in, 16 GB, 512 GB SSD", 107900, 1750, "20001", "Laptops"),
    item("LAP-X13-32-1T", "Laptop 13 in, 32 GB, 1 TB SSD", 134900, 1750, "20001", "Laptops"),
    item("LAP-P16-32-1T", "Workstation 16 in, 32 GB, 1 TB SSD", 229900, 2900, "20001", "Laptops"),
    item("LAP-P16-64-1T", "Workstation 16 in, 64 GB, 1 TB SSD", 254900, 2900, "20001", "Laptops"),
    item("LAP-P16-64-2T", "Workstation 16 in, 64 GB, 2 TB SSD", 279900, 2900, "20001", "Laptops"),
    item("LAP-L15-8-256", "Laptop 15 in, 8 GB, 256 GB SSD", 74900, 2200, "20001", "Laptops"),
    item("LAP-L15-16-512", "Laptop 15 in, 16 GB, 512 GB SSD", 89900, 2200, "20001", "Laptops"),
    item("LAP-L15-16-1T", "Laptop 15 in, 16 GB, 1 TB SSD", 97900, 2200, "20001", "Laptops"),
    item("SSD-NVME-1T", "NVMe SSD 1 TB", 10999, 60, "30501", "Storage"),
    item("BAG-15-BLK", "Laptop bag 15 in", 4500, 540, "30701", "Bags"),
  ]

  private static func item(
    _ sku: String, _ title: String, _ cents: Int, _ grams: Int, _ category: String,
    _ label: String
  ) -> Item {
    Item(
      sku: sku, title: title, cents: cents, grams: grams, categoryCode: category,
      categoryLabel: label)
  }
}
