public import Kit

/// One line as it is booked: what the catalogue calls it and costs, or only a name where the business
/// has no catalogue.
public struct BookedLine: Sendable, Equatable {
  public var itemID: String?
  public var name: String
  public var quantity: Int
  /// Of one, in hundredths of the business's currency; `nil` without a catalogue.
  public var unitPrice: Int64?

  public init(itemID: String?, name: String, quantity: Int, unitPrice: Int64?) {
    self.itemID = itemID
    self.name = name
    self.quantity = quantity
    self.unitPrice = unitPrice
  }

  public var total: Int64? { unitPrice.map { $0 * Int64(quantity) } }

  public var json: JSON {
    .object([
      ("id", .optional(itemID)), ("name", .string(name)), ("quantity", .int(Int64(quantity))),
      ("unit_price", Amount.json(unitPrice)), ("line_total", Amount.json(total)),
    ])
  }

  public init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let quantity = json["quantity"]?.int else { return nil }
    self.init(
      itemID: json["id"]?.string, name: name, quantity: Int(quantity),
      unitPrice: Amount.hundredths(json["unit_price"]?.string))
  }
}

extension [BookedLine] {
  /// `nil` where a line has no price.
  public var total: Int64? {
    var sum: Int64 = 0
    for line in self {
      guard let total = line.total else { return nil }
      sum += total
    }
    return sum
  }

  public var totalQuantity: Int { reduce(0) { $0 + $1.quantity } }

  /// Each thing once, with all that is wanted of it, however many lines it was spread over.
  public var summed: [BookedLine] {
    var places: [String: Int] = [:]
    var summed: [BookedLine] = []
    for line in self {
      let thing = Fingerprint.thing(itemID: line.itemID, name: line.name)
      if let place = places[thing] {
        summed[place].quantity += line.quantity
      } else {
        places[thing] = summed.count
        summed.append(line)
      }
    }
    return summed
  }
}
