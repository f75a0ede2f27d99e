import Kit
import Testing

extension BrowserTests {
  @Suite struct Inbox {
    @Test("two agents on one conversation see each other, and the second send is warned")
    func inbox() async throws {
      try await BrowserStage.play { stage in
        try await stage.account("kim", "agent")
        try await stage.account("ola", "agent")
        try await stage.account("viv", "viewer")
        try await stage.script(Threads.plain)
        try await stage.scene("inbox", deadline: .seconds(300))
      }
    }

    @Test("an answer that was not taken comes back into its field, and nothing is put away unseen")
    func lost() async throws {
      try await BrowserStage.play { stage in
        try await stage.account("ola", "agent")
        try await stage.script(Threads.plain)
        try await stage.scene("inbox_lost")
      }
    }

    @Test("a template and a language never replace what somebody wrote")
    func template() async throws {
      try await BrowserStage.play { stage in
        try await stage.account("ola", "agent")
        try await stage.script(Threads.plain)
        try await stage.scene("inbox_template")
      }
    }
  }
}

/// Conversations for scenes, by SQL.
private enum Threads {
  static let plain = """
    insert into shops (shop_id, name) values ('main', 'Example Laptops') on conflict do nothing;
    insert into orders (order_id, shop_id, status, status_since, marketplace_state,
      marketplace_seen_at, placed_at, ship_by, currency, total_price, raw_order_data,
      raw_order_digest, created_at, updated_at)
    values ('W2001-A', 'main', 'accepted', now(), 'SHIPPING', now(), now() - interval '5 hours',
      now() + interval '2 days', 'CAD', 1299.00,
      '{"customer": {"firstname": "Robin", "lastname": "Example", "locale": "en_CA"}}', '\\x00',
      now() - interval '5 hours', now());
    insert into order_lines (order_id, order_line_id, line_index, sku, quantity, title, raw_line_data)
    values ('W2001-A', 'W2001-A-1', 1, 'LAPTOP-16-512', 1, 'A laptop, 16 GB, 512 GB', '{}');

    create function tell(thread text, topic text, who text, order_ text, hours numeric, said text,
      sender text default 'customer') returns void language plpgsql as $$
    declare number bigint;
    begin
      insert into conversations (mirakl_thread_id, shop_id, topic, customer_name, order_id,
        marketplace_order_id, participants)
      select thread, 'main', topic, who, (select order_id from orders where order_id = order_),
        order_, '[{"type": "CUSTOMER", "id": "c-1"}, {"type": "OPERATOR"}]'
      on conflict (mirakl_thread_id) do nothing;
      select id into number from conversations where mirakl_thread_id = thread;
      insert into messages (conversation_id, mirakl_message_id, sender_type, body, text, language,
        recipients, created_at)
      values (number, thread || '-' || random(), sender, said, said,
        case when said like 'Bonjour%' then 'fr' else 'en' end,
        case when sender = 'technician' then array['CUSTOMER'] else array['SHOP'] end,
        now() - hours * interval '1 hour');
      perform refresh_conversations(array[number]);
    end $$;

    select tell('t1', 'Keyboards', 'Robin Example', 'W2001-A', 20,
      'Hello, the keyboards in your pictures have two layouts. Which one do I get?');
    select tell('t1', 'Keyboards', 'Robin Example', 'W2001-A', 19,
      'You get the Canadian multilingual one.', 'technician');
    select tell('t1', 'Keyboards', 'Robin Example', 'W2001-A', 18.6,
      'Thank you. And when does it ship?');
    select tell('t2', 'Livraison', 'Zoé Gaëtan', null, 23,
      'Bonjour, le clavier de ma commande est brisé. Que faire?');
    select tell('t3', 'Invoice', 'Sam Sampleton', 'W9-A', 30, 'Could you send me an invoice?');
    select tell('t4', E'"><script>window.stolen=1</script>\\u202e',
      E'<img src=x onerror=window.stolen=1>\\u202e', null, 2,
      E'<script>window.stolen=1</script> ''); drop table messages;-- \\u202e gnp.exe');
    select tell('t5', 'Thousands', 'Alex Placeholder', null, 900, 'number 0');
    insert into messages (conversation_id, mirakl_message_id, sender_type, body, text, created_at)
    select id, 'many-' || n, 'customer', 'x', 'number ' || n,
      now() - interval '800 hours' + n * interval '1 second'
    from conversations, generate_series(1, 4999) n where mirakl_thread_id = 't5';
    select refresh_conversations(array[id]) from conversations where mirakl_thread_id = 't5';
    """
}
