import Effects
import Kit
import Ledger
import Orders

extension OrderSummary {
  var json: JSON {
    .object([
      ("order_id", .string(orderID)), ("channel", .string(channel)), ("shop_id", .string(shopID)),
      ("status", .string(statusName)), ("status_since", .string(statusSince.iso8601)),
      ("parked_reason", .optional(parkedReason)), ("needs", .optional(needs)),
      ("marketplace_state", .optional(marketplaceState)),
      ("created_at", .string(createdAt.iso8601)), ("accept_by", .optional(acceptBy)),
      ("ship_by", .optional(shipBy)), ("total_price", .optional(totalPrice)),
      ("currency", .optional(currency)), ("tracking_pin", .optional(trackingPIN)),
      ("label_pdf_path", .optional(labelPath)), ("accepted_at", .optional(acceptedAt)),
      ("shipped_at", .optional(shippedAt)),
    ])
  }
}

extension OrderLineSummary {
  var json: JSON {
    .object([
      ("order_line_id", .string(orderLineID)), ("sku", .optional(sku)),
      ("quantity", .optional(quantity)), ("title", .optional(title)),
      ("unit_price", .optional(unitPrice)), ("is_mapped", .bool(isMapped)),
    ])
  }
}

extension TimelineEntry {
  var json: JSON {
    .object([
      ("at", .string(at.iso8601)), ("kind", .string(kind.rawValue)), ("title", .string(title)),
      ("detail", .string(detail)), ("is_trouble", .bool(isTrouble)),
      ("reference", .optional(reference)),
    ])
  }
}

extension OpenFailure {
  var json: JSON {
    .object([
      ("failure_id", .int(id)), ("created_at", .string(createdAt.iso8601)),
      ("age_seconds", .int(age.components.seconds)), ("process_name", .string(processName)),
      ("order_id", .optional(orderID)), ("conversation_id", conversationID.map(JSON.int) ?? .null),
      ("details", .string(details)),
    ])
  }
}

extension EffectSummary {
  var json: JSON {
    .object([
      ("effect_id", .int(effectID)), ("kind", .string(kind)), ("order_id", .string(orderID)),
      ("shop_id", .string(shopID)), ("state", .string(state.rawValue)),
      ("due_at", .string(dueAt.iso8601)), ("deadline", .string(deadline.iso8601)),
      ("is_overdue", .bool(isOverdue)), ("tries", .int(Int64(tries))),
      ("checks", .int(Int64(checks))), ("request_key", .string(requestKey)),
      ("outcome", .optional(outcome)), ("updated_at", .string(updatedAt.iso8601)),
    ])
  }
}
