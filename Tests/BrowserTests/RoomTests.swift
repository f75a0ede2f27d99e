import Kit
import Testing

extension BrowserTests {
  @Suite struct Rooms {
    @Test("everything can be done without a mouse")
    func keyboard() async throws {
      try await BrowserStage.play { stage in
        try await stage.account("kim", "agent")
        try await stage.script(Orders.plain)
        try await stage.scene("keyboard")
      }
    }

    @Test("no amount is cut off on a tablet")
    func tablets() async throws {
      try await BrowserStage.play { stage in
        try await stage.account("kim", "agent")
        try await stage.script(
          Orders.plain + "update orders set currency = 'CAD', total_price = 4495.00;")
        try await stage.scene("tablets")
      }
    }

    @Test("hostile names do nothing, customers' data is masked, open pages hear of changes")
    func hostile() async throws {
      try await BrowserStage.play { stage in
        try await stage.account("boss", "owner", fullName: Orders.hostile)
        try await stage.account("viv", "viewer")
        try await stage.script(Orders.plain + Orders.hostileOnes)
        try await stage.scene("hostile", ["HOSTILE_ID": Orders.hostile])
      }
    }

    @Test("every room looks as it should, light and dark, on a desk and on a phone")
    func pictures() async throws {
      try await BrowserStage.play(["demo", "--orders", "40"]) { stage in
        let password = try await stage.printed(after: "with the password ", within: .seconds(90))
        try await stage.untilPrinted("Everything is still running", within: .seconds(120))
        try await stage.scene(
          "pictures", ["QUAYSIDE_PASSWORD": password], deadline: .seconds(300))
      }
    }
  }
}

/// Orders for scenes, by SQL.
enum Orders {
  static let hostile =
    "\"><script>window.stolen=1</script><img src=x onerror=stolen=1>\u{202e}%00/.."

  static let plain = """
    insert into shops (shop_id, name) values ('main', 'Main <b>shop</b>') on conflict do nothing;
    insert into orders (order_id, shop_id, status, status_since, marketplace_state,
      marketplace_seen_at, accept_by, ship_by, raw_order_data, raw_order_digest, created_at, updated_at)
    select 'W' || 1000 + n || '-A', 'main', 'pending_acceptance', now(), 'WAITING_ACCEPTANCE', now(),
      now() + make_interval(hours => n - 2), now() + interval '2 days',
      '{"customer": {"firstname": "Robin", "lastname": "Example", "shipping_address":
        {"street_1": "12 Sample Street", "city": "Halifax", "state": "NS", "zip_code": "B3J1A1"}}}',
      '\\x00', now() - make_interval(mins => n), now()
    from generate_series(1, 60) n;
    insert into order_lines (order_id, order_line_id, line_index, sku, quantity, title, raw_line_data)
    select order_id, order_id || '-1', 1, 'LAPTOP-1', 1, 'A laptop', '{}' from orders;

    """

  static var hostileOnes: String {
    let text = "E'" + hostile.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    return """
      insert into orders (order_id, shop_id, status, status_since, parked_reason, marketplace_state,
        marketplace_seen_at, raw_order_data, raw_order_digest, created_at, updated_at)
      values (\(text), 'main', 'parked', now(), \(text), \(text), now(), '{}', '\\x00', now(), now());
      insert into order_lines (order_id, order_line_id, line_index, sku, title, raw_line_data)
      values (\(text), \(text), 0, \(text), repeat(\(text), 20), '{}');
      insert into effects (kind, subject, order_id, shop_id, lane, request_key, state, due_at,
        deadline, outcome, created_at, updated_at)
      values ('buy_label', \(text), \(text), 'main', 'lane', \(text), 'needs_person', now(), now(),
        \(text), now(), now());
      insert into audit_trail (actor, address, action, subject, detail)
      values (\(text), \(text), 'order.hold', 'order:' || \(text), \(text));
      """
  }
}
