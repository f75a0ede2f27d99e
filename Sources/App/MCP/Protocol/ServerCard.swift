import Kit

/// What the server says of itself.
enum ServerCard {
  static func info(version: String) -> JSON {
    ["name": "quayside", "title": "Quayside bookings", "version": .string(version)]
  }

  static let capabilities: JSON = ["tools": [:]]

  static let instructions = """
    Orders are booked draft by draft: open_draft, offer_items, set_items, confirm_items, set_details, \
    show_summary, book_draft. Every answer holds the draft with its step and everything that is \
    missing. Items are chosen by ids that offer_items gave out; let the customer choose where there \
    are candidates. Only the customer can confirm: book_draft puts the question to them where the \
    client can show it, and otherwise ask_customer sends it or gives a link to pass on. Nothing is \
    booked until book_draft answers with an order.
    """
}

extension JSON {
  static func object(_ members: [(String, JSON)], and more: [(String, JSON)]) -> JSON {
    .object(members + more)
  }
}
