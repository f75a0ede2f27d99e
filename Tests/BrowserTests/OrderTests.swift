import Kit
import Testing

extension BrowserTests {
  @Suite struct Order {
    @Test("one order's page: its story, its label, and everything that a person may do with it")
    func page() async throws {
      try await BrowserStage.play { stage in
        try await stage.account("kim", "agent")
        try await stage.account("viv", "viewer")
        try await stage.script(BenchGoods.sql(labels: stage.folder) + Self.story)
        for order in BenchGoods.orders {
          try AtomicFile.write(BenchGoods.label(order.id), to: "\(stage.folder)/\(order.id).pdf")
        }
        try await stage.scene("order_page")
        try await stage.expect(
          "select count(*) from audit_trail where action = 'label.print' and actor = 'kim'", 2)
        try await stage.expect(
          "select count(*) from effects where kind = 'cancel_order' and state = 'planned'", 1)
        try await stage.expect("select count(*) from order_holds where order_id = 'W1002-A'", 1)
      }
    }

    /// What else happened to the orders of the bench.
    private static let story = """
      insert into api_calls (call_id, service, endpoint, related_id, method, url, status_code,
        is_success, duration_us, created_at)
      values ('0190c9c8-0000-7000-8000-0000000000aa', 'BestBuy', 'OR11', 'W1001-A', 'GET', 'x', 200,
        true, 12000, now());
      insert into effects (kind, subject, order_id, shop_id, lane, request_key, state, due_at,
        deadline, outcome, created_at, updated_at)
      values ('post_tracking', 'W1001-A', 'W1001-A', 'main', 'marketplace:main', 'post_tracking:W1001-A:1', 'unknown',
          now(), now() + interval '1 hour', 'the answer was lost', now(), now()),
        ('post_tracking', 'W1003-A', 'W1003-A', 'main', 'marketplace:main', 'post_tracking:W1003-A:1', 'needs_person',
          now(), now() + interval '1 hour', 'too heavy', now(), now());
      insert into packing_scans (client_id, seq, order_id, actor, kind, text, outcome, tone, message,
        answer, created_at)
      values ('0190c9c8-0000-7000-8000-0000000000ab', 1, 'W1001-A', 'lee', 'scan', 'RAM8', 'counted',
        'good', '1 of 2', '{}', now());
      insert into conversations (mirakl_thread_id, shop_id, topic, order_id, marketplace_order_id)
      values ('t1', 'main', 'Question', 'W1001-A', 'W1001-A');
      insert into messages (conversation_id, mirakl_message_id, sender_type, body, text)
      select id, 't1-1', 'customer', 'When?', 'When?' from conversations;
      insert into audit_trail (actor, address, action, subject)
      values ('lee', '127.0.0.1', 'order.retry', 'order:W1001-A');
      """
  }
}
