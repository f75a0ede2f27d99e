import Booking

/// What the answers hold, as the document describes it.
enum Shapes {
  private static let text = Schema.text(TextRule(.lines, 0...100_000))
  private static let number = Schema.integer(0...Int64(Int32.max))
  private static let amount = Schema.orNull(.text(TextRule(.lines, 0...20)))
  private static let maybe = Schema.orNull(text)

  static let line = Schema.object([
    .init("id", maybe), .init("name", text), .init("quantity", number),
    .init("unit_price", amount), .init("line_total", amount),
  ])

  static let order = Schema.object([
    .init("order_id", text), .init("user_id", text),
    .init("status", .choice(BookingStatus.allCases.map(\.rawValue))),
    .init("version", number, "Also the ETag."),
    .init("source", .choice(BookingSource.allCases.map(\.rawValue))),
    .init("customer_name", text), .init("customer_phone", text),
    .init("items", .array(of: line, count: 0...OrderRequest.linesMax)),
    .init("total_quantity", number), .init("total", amount), .init("currency", text),
    .init("notes", maybe), .init("slot_id", maybe),
    .init("slot_starts_at", maybe, "When the time slot is, as it is now."),
    .init("slot_ends_at", maybe),
    .init("next_statuses", .array(of: text, count: 0...5), "What it may become."),
    .init("created_at", .text(.moment)), .init("updated_at", .text(.moment)),
  ])

  static let move = Schema.object([
    .init("previous_status", text), .init("status", text), .init("cause", text),
    .init("actor", text), .init("correlation_id", maybe), .init("at", .text(.moment)),
  ])

  static let item = Schema.object([
    .init("id", text), .init("name", text), .init("unit_price", text),
  ])

  static let slot = Schema.object([
    .init("slot_id", text), .init("starts_at", .text(.moment)), .init("ends_at", .text(.moment)),
    .init("capacity", number), .init("free", number),
  ])

  static let publicKey = Schema.object([
    .init("kty", .choice(["EC"])), .init("crv", .choice(["P-256"])),
    .init("x", .text(TextRule(.identifier, 43...43)), "32 bytes, base64url."),
    .init("y", .text(TextRule(.identifier, 43...43)), "32 bytes, base64url."),
  ])

  static let customerKey = Schema.object([
    .init("key_id", text, "The key's thumbprint (RFC 7638): the kid of what it signs."),
    .init("customer_phone", text), .init("public_key", publicKey),
    .init("added_at", .text(.moment)),
    .init("added_by", maybe, "The API key of whoever vouches for it."),
    .init("revoked_at", maybe), .init("revoked_by", maybe),
  ])

  static let problem = Schema.object([
    .init("path", text, "JSONPath."), .init("code", text), .init("message", text),
  ])

  static let confirmation = Schema.object([
    .init("confirmation_id", text), .init("draft_version", number),
    .init("summary_sha256", text), .init("channel", text), .init("level", number),
    .init("state", text), .init("words", maybe), .init("asked_at", .text(.moment)),
    .init("expires_at", .text(.moment), "Until then it can be answered."),
    .init("answered_at", maybe),
    .init("holds_until", maybe, "A yes counts until then."), .init("order_id", maybe),
    .optional("confirm_url", text, "For the agent to pass on; null where it went past it."),
    .optional("sent_to", text, "Where link and code were sent, hidden but for its end."),
    .optional("question", text, "With signature: the signed question, a compact JWS."),
  ])

  static let draft = Schema.object([
    .init("draft_id", text), .init("user_id", text), .init("version", number),
    .init("step", .choice(DraftStep.allCases.map(\.rawValue))),
    .init("missing", .array(of: problem, count: 0...100), "Everything that is missing, at once."),
    .init("items", .array(of: line, count: 0...OrderRequest.linesMax)),
    .init("items_sha256", text, "What step 3 confirms."),
    .init("open_items", .array(of: .map, count: 0...OrderRequest.linesMax)),
    .init("customer_name", maybe), .init("customer_phone", maybe), .init("notes", maybe),
    .init("slot_id", maybe), .init("allow_duplicate", .boolean), .init("total", amount),
    .init("currency", text), .init("level_required", number),
    .init("needs_approval", .array(of: text, count: 0...10)), .init("summary_sha256", maybe),
    .init("confirmations", .array(of: confirmation, count: 0...100)), .init("order_id", maybe),
    .init("opened_at", .text(.moment)), .init("expires_at", .text(.moment)),
  ])

  static let orderAnswer: [Schema.Field] = [.init("order", order)]
  static let draftAnswer: [Schema.Field] = [.init("draft", draft)]
}
