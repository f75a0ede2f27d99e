import Kit

extension PagesBench {
  /// Every page of every room, by its name and its address.
  var targets: [(name: String, target: String)] {
    let middle = Self.id(orders / 2)
    let pin = "9" + String(String(1_000_000_000_000_000 + orders / 2).dropFirst())
    return Self.overview + lists(middle, pin) + [
      ("an order", "/orders/\(middle)"),
      // One of the latest, which wait to be packed.
      ("an open order", "/orders/\(Self.id(orders / 50 * 50 - 1))"),
      ("a parcel", "/bench/\(Self.session(orders / 10 * 10))"),
      ("inbox, search for one", "/inbox?q=\(middle)"),
    ] + Self.rooms
  }

  static func id(_ number: Int) -> String {
    "W" + String(String(1_000_000_000 + number).dropFirst()) + "-A"
  }

  private static let overview = [
    ("overview", "/"), ("counts", "/counts.json"), ("metrics", "/metrics"), ("effects", "/effects"),
    ("failures", "/failures"),
    ("effects planned", "/effects?state=planned"),
    ("effects proved", "/effects?state=confirmed"),
  ]

  private func lists(_ middle: String, _ pin: String) -> [(String, String)] {
    [
      ("orders", "/orders"), ("orders to accept", "/orders?status=pending_acceptance"),
      ("orders parked", "/orders?status=parked"),
      ("orders whose acceptance failed", "/orders?status=acceptance_failed"),
      ("orders accepted", "/orders?status=accepted"),
      ("orders, label ready", "/orders?status=label_created"),
      ("orders shipped", "/orders?status=shipped"),
      ("orders cancelled", "/orders?status=cancelled"),
      ("orders that need a person", "/orders?show=person"),
      ("orders held", "/orders?show=held"), ("bookings", "/orders?channel=booking&status=pending"),
      ("search by id", "/orders?q=\(middle)"), ("search by beginning", "/orders?q=W0000"),
      ("search by tracking number", "/orders?q=\(pin)"),
      ("search by SKU", "/orders?q=LAPTOP-7"), ("search in vain", "/orders?q=nothing"),
    ]
  }

  private static let rooms = [
    ("bench", "/bench"), ("inbox", "/inbox"), ("inbox, unread", "/inbox?view=unread"),
    ("inbox, all", "/inbox?view=all"), ("inbox, put away", "/inbox?view=archived"),
    ("inbox, search for many", "/inbox?q=keyboard"),
    ("inbox, search in vain", "/inbox?q=xylophone"), ("a conversation", "/inbox/2"),
    ("a conversation of 5,000 messages", "/inbox/1"), ("templates", "/inbox/templates"),
    ("rules", "/inbox/rules"), ("a rule", "/inbox/rules/1"), ("inventory", "/stock"),
    ("inventory, low", "/stock?low=yes"), ("inventory, search", "/stock?q=Part%2077"),
    ("a part", "/stock/parts/PART-1"), ("variants", "/stock/variants"),
    ("a variant", "/stock/variants/LAP-1"), ("shop SKUs", "/stock/skus"),
    ("movements", "/stock/movements"), ("stocktakes", "/stock/counts"),
    ("a stocktake", "/stock/counts/1"), ("import", "/stock/import"), ("offers", "/stock/offers"),
    ("barcodes", "/stock/labels"), ("audit trail", "/people/audit"), ("people", "/people"),
    ("account", "/account"),
  ]
}
