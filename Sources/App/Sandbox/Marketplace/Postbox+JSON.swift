import Kit

extension Postbox.Thread {
  /// The thread as M10 writes it; M11 the same, with at most `messagesMax` messages, or none.
  func json(shop: SandboxSettings.Shop, messagesMax: Int?, reordered: Bool) -> JSON {
    var shown = messagesMax.map { messages.suffix($0) } ?? messages[...]
    if reordered { shown.reverse() }
    let participants = JSON.array(participants(shop))
    var members: [(String, JSON)] = [
      ("authorized_participants", participants), ("current_participants", participants),
      ("date_created", .string(created.iso8601)), ("date_updated", .string(updated.iso8601)),
      ("entities", .array(entities(shop))), ("id", .string(id)),
    ]
    if messagesMax != 0 {
      members.append(("messages", .array(shown.map { $0.json(shop, customer) })))
    }
    var last: JSON = .null
    if let message = messages.last { last = message.sender(shop) }
    members.append(
      (
        "metadata",
        .object([
          ("last_message_date", .string((messages.last?.at ?? created).iso8601)),
          ("last_sender", last), ("shop_reply_needed_since", .optional(replyNeededSince)),
          ("total_count", .count(messages.count)),
        ])
      ))
    members.append(
      (
        "no_store_reply_needed",
        .array(
          isNoReplyNeeded.map { [["user_type": "SHOP", "date": .string($0.iso8601)]] } ?? [])
      ))
    members.append(
      ("topic", .object([("type", .string(topicType)), ("value", .string(topic))])))
    return .object(members)
  }

  private var customer: JSON {
    .object([
      ("display_name", .string(customerName)), ("id", .string(customerID)), ("type", "CUSTOMER"),
    ])
  }

  private var isWithOperator: Bool { orderID == nil && customerID.isEmpty }

  private func entities(_ shop: SandboxSettings.Shop) -> [JSON] {
    func entity(_ type: JSON, id: String, label: String) -> [JSON] {
      [.object([("id", .string(id)), ("label", .string(label)), ("type", type)])]
    }
    if let orderID { return entity("MMP_ORDER", id: orderID, label: orderID) }
    return isWithOperator ? entity("SELLER_OPERATOR", id: "\(shop.id)", label: shop.name) : []
  }

  /// In no order, as the marketplace says them.
  private func participants(_ shop: SandboxSettings.Shop) -> [JSON] {
    let mine = JSON.object([
      ("display_name", .string(shop.name)), ("id", .string("\(shop.id)")), ("type", "SHOP"),
    ])
    let marketplace: JSON = ["display_name": "Marketplace support", "type": "OPERATOR"]
    return isWithOperator ? [mine, marketplace] : [mine, marketplace, customer]
  }
}

extension Postbox.Message {
  fileprivate func json(_ shop: SandboxSettings.Shop, _ customer: JSON) -> JSON {
    var members: [(String, JSON)] = [
      ("body", .string(body)), ("date_created", .string(at.iso8601)), ("from", sender(shop)),
      ("id", .string(id)),
      (
        "to",
        .array(
          to.map { type -> JSON in
            switch type {
            case "CUSTOMER": customer
            case "SHOP":
              .object([
                ("display_name", .string(shop.name)), ("id", .string("\(shop.id)")),
                ("type", "SHOP"),
              ])
            default: ["display_name": "Marketplace support", "type": "OPERATOR"]
            }
          })
      ),
    ]
    // The key is absent when there are none.
    if !files.isEmpty {
      members.insert(
        (
          "attachments",
          .array(
            files.map {
              .object([
                ("id", .string($0.id)), ("name", .string($0.name)),
                ("size", .count($0.bytes.count)),
              ])
            })
        ), at: 0)
    }
    return .object(members)
  }

  fileprivate func sender(_ shop: SandboxSettings.Shop) -> JSON {
    var members: [(String, JSON)] = [
      ("display_name", .string(name)), ("type", .string(from.rawValue)),
    ]
    if from == .shop {
      members.append(
        (
          "organization_details",
          .object([
            ("display_name", .string(shop.name)), ("id", .string("\(shop.id)")), ("type", "SHOP"),
          ])
        ))
    }
    return .object(members)
  }
}
