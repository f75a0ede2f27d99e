import Cryptography
public import Kit

extension Draft {
  /// As it is stored; what is already stored must always be readable.
  public var stored: JSON {
    .object([
      ("source", .string(source.rawValue)),
      ("lines", .array(lines.map(\.json))), ("open", .array(open.map(\.json))),
      ("offered", .array(offered.sorted().map(JSON.string))),
      ("items_version", .int(Int64(itemsVersion))),
      ("items_confirmed", .optional(itemsConfirmed)), ("customer_name", .optional(customerName)),
      ("customer_phone", .optional(customerPhone)), ("notes", .optional(notes)),
      ("slot_id", .optional(slotID)), ("allow_duplicate", .bool(allowsDuplicate)),
      ("shown", .optional(shown.map { Hex.encode($0) })),
      ("approved", .optional(approved.map { Hex.encode($0) })),
      ("told", .optional(told.map { Hex.encode($0) })),
      ("is_cancelled", .bool(isCancelled)),
    ])
  }

  /// Reads what `stored` wrote, beside the columns of its row.
  public mutating func restore(_ json: JSONValue) {
    source = json["source"]?.string.flatMap { BookingSource(rawValue: $0) } ?? .ai
    lines = json["lines"]?.elements.compactMap { BookedLine($0) } ?? []
    open =
      json["open"]?.elements.map { open in
        OpenLine(
          text: open["text"]?.string ?? "", quantity: Int(open["quantity"]?.int ?? 1),
          candidates: open["candidates"]?.elements.compactMap { CatalogueItem($0) } ?? [])
      } ?? []
    offered = Set(json["offered"]?.elements.compactMap(\.string) ?? [])
    itemsVersion = Int(json["items_version"]?.int ?? 0)
    itemsConfirmed = json["items_confirmed"]?.int.map { Int($0) }
    customerName = json["customer_name"]?.string
    customerPhone = json["customer_phone"]?.string
    notes = json["notes"]?.string
    slotID = json["slot_id"]?.string
    allowsDuplicate = json["allow_duplicate"]?.bool ?? false
    shown = json["shown"]?.string.flatMap { Hex.decode($0) }
    approved = json["approved"]?.string.flatMap { Hex.decode($0) }
    told = json["told"]?.string.flatMap { Hex.decode($0) }
    isCancelled = json["is_cancelled"]?.bool ?? false
  }
}

extension CatalogueItem {
  init?(_ json: JSONValue) {
    guard let id = json["id"]?.string, let name = json["name"]?.string,
      let price = Amount.hundredths(json["unit_price"]?.string)
    else { return nil }
    self.init(id: id, name: name, unitPrice: price)
  }
}

extension DraftFile {
  /// As agents see it: the step, everything that is missing, and never a secret.
  public func json(in around: Surroundings) -> JSON {
    let step = step(in: around)
    let priced = repriced(in: around)
    return .object([
      ("draft_id", .string(draft.id.text)), ("user_id", .string(draft.businessID)),
      ("version", .int(Int64(draft.version))), ("step", .string(step.rawValue)),
      ("missing", .array(step.isOver ? [] : missing(in: around).map(\.json))),
      ("items", .array(priced.lines.map(\.json))),
      ("items_sha256", .string(Hex.encode(draft.itemsDigest))),
      ("open_items", .array(draft.open.map(\.json))),
      ("customer_name", .optional(draft.customerName)),
      ("customer_phone", .optional(draft.customerPhone)), ("notes", .optional(draft.notes)),
      ("slot_id", .optional(draft.slotID)), ("allow_duplicate", .bool(draft.allowsDuplicate)),
      ("total", Amount.json(priced.lines.total)), ("currency", .string(around.business.currency)),
      ("level_required", .int(Int64(leastLevel(in: around).rawValue))),
      (
        "needs_approval",
        .array(
          draft.approved == digest(in: around)
            ? [] : exceededLimits(in: around).map(JSON.string))
      ),
      ("summary_sha256", .optional(draft.shown.map { Hex.encode($0) })),
      ("confirmations", .array(confirmations.map(\.json))),
      ("order_id", .optional(draft.orderID)),
      ("opened_at", .string(draft.openedAt.iso8601)),
      ("expires_at", .string(draft.expiresAt.iso8601)),
    ])
  }
}

extension Confirmation {
  public var json: JSON {
    .object([
      ("confirmation_id", .string(id.text)), ("draft_version", .int(Int64(draftVersion))),
      ("summary_sha256", .string(Hex.encode(digest))), ("channel", .string(channel.rawValue)),
      ("level", .int(Int64(level.rawValue))), ("state", .string(state.rawValue)),
      ("words", .optional(words)), ("asked_at", .string(askedAt.iso8601)),
      ("expires_at", .string(expiresAt.iso8601)), ("answered_at", .optional(answeredAt)),
      ("holds_until", .optional(state == .accepted ? holdsUntil : nil)),
      ("order_id", .optional(orderID)),
    ])
  }
}
