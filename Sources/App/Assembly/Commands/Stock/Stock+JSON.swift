import Inventory
import Kit
import Ledger
import Stock

extension ComponentRow {
  var json: JSON {
    .object([
      ("code", .string(code)), ("name", .string(name)), ("type", .string(type)),
      ("barcode", barcode.map(JSON.string) ?? .null), ("asks_serial", .bool(asksSerial)),
      ("on_hand", .int(onHand)), ("reserved", .int(reserved)), ("free", .int(free)),
      ("days_of_cover", daysOfCover.map { .int($0) } ?? .null), ("is_low", .bool(isLow)),
    ])
  }
}

extension Movement {
  var json: JSON {
    .object([
      ("movement_id", .int(id)), ("at", .string(at.iso8601)), ("code", .string(code)),
      ("change", .int(delta)), ("kind", .string(kind.rawValue)),
      ("order_id", orderID.map(JSON.string) ?? .null), ("actor", .string(actor)),
      ("reason", reason.map(JSON.string) ?? .null),
    ])
  }
}

extension VariantRow {
  var json: JSON {
    .object([
      ("sku", .string(internalSKU)), ("title", title.map(JSON.string) ?? .null),
      ("base", baseModel.map(JSON.string) ?? .null), ("parts", .int(Int64(partCount))),
      ("buildable", buildable.map { .int($0) } ?? .null),
    ])
  }
}

extension UnmappedSKU {
  var json: JSON {
    .object([
      ("shop", .string(shopID)), ("sku", .string(sku)), ("lines", .int(Int64(lines))),
      ("since", .string(firstSeen.iso8601)), ("title", title.map(JSON.string) ?? .null),
    ])
  }
}

extension StocktakeLine {
  /// - Parameter hides: what is expected is nobody's business before the count is done.
  func json(hides: Bool) -> JSON {
    .object([
      ("code", .string(code)), ("name", .string(name)),
      ("counted", counted.map { .int($0) } ?? .null),
      ("expected", hides ? .null : expected.map { .int($0) } ?? .null),
    ])
  }
}

extension ImportPlan {
  func json(applied: Int64?) -> JSON {
    .object([
      ("rows", .int(Int64(rows.count))), ("new", .int(Int64(new.count))),
      ("import", applied.map { .int($0) } ?? .null), ("refused", .array(refused.map(\.json))),
    ])
  }
}

extension CataloguePlan {
  func json(taken: Int?) -> JSON {
    .object([
      ("rows", .int(Int64(rows.count))), ("applied", .bool(taken != nil)),
      ("orders_took_parts", taken.map { .int(Int64($0)) } ?? .null),
      ("refused", .array(refused.map(\.json))),
    ])
  }
}

extension ImportPlan.Refusal {
  fileprivate var json: JSON {
    .object([("line", .int(Int64(line))), ("code", .string(code)), ("why", .string(why))])
  }
}
