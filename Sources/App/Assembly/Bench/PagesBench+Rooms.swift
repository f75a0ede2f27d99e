import Kit

/// What stands beside the orders: parts and what was done with them, parcels and their scans,
/// conversations with their messages, acts of people.
extension PagesBench {
  /// As `roomRows` numbers them.
  static func session(_ number: Int) -> String {
    "0190c9c8-0000-7000-8000-" + String(String(1_000_000_000_000 + number).dropFirst())
  }

  /// 300 parts, 12 variants of which 11 are mapped, one stocktake.
  static let goods = """
    insert into shops (shop_id, name) values ('main', 'Example Laptops') on conflict do nothing;
    insert into components (name, type, code, barcode)
      select 'Part ' || n, (array['RAM', 'SSD', 'Charger'])[n % 3 + 1], 'PART-' || n, 'B' || n
      from generate_series(1, 300) n;
    insert into component_barcodes (barcode, component_id) select barcode, id from components;
    insert into component_stock (component_id, on_hand, reserved)
      select id, 500 + id % 90, 0 from components;
    insert into stock_usage (component_id, day, used)
      select id, current_date - d, 1 + (id + d) % 30 from components, generate_series(0, 364) d;
    insert into base_products (model_name) select 'Model ' || n from generate_series(0, 11) n;
    insert into product_variants (internal_sku, base_product_id, title)
      select 'LAP-' || n, (select id from base_products where model_name = 'Model ' || n),
        'Laptop of kind ' || n from generate_series(0, 11) n;
    insert into variant_components (variant_id, component_id, quantity)
      select v.id, c.id, 1 from product_variants v join components c on c.id % 90 = v.id % 90;
    insert into shop_sku_map (shop_sku, variant_id)
      select replace(internal_sku, 'LAP', 'LAPTOP'), id from product_variants
      where internal_sku <> 'LAP-7';
    insert into shop_offers (shop_id, shop_sku, wanted, seen)
      select 'main', shop_sku, 5, 5 from shop_sku_map;
    insert into stocktakes (title, is_blind, created_by, created_at)
      values ('Year''s end', true, 'bench', now());
    insert into stocktake_lines (stocktake_id, component_id)
      select stocktake_id, id from stocktakes, components;
    """

  /// For the orders in `fill`: one movement each; for each tenth a parcel with three scans and a
  /// conversation with three messages; for each fifth a person's act.
  static let roomRows = """
    insert into stock_movements (component_id, delta, kind, order_id, actor, created_at)
      select 1 + n % 300, -1, 'shipped', id, 'quayside', at from fill;
    insert into order_line_parts (order_id, order_line_id, component_id, variant_id, per_unit, units,
      asks_serial, reserved, created_at)
      select f.id, f.id || '-1', vc.component_id, vc.variant_id, 1, 1, false, 1, f.at
      from fill f join product_variants v on v.internal_sku = 'LAP-' || f.n % 12
      join variant_components vc on vc.variant_id = v.id
      where f.status in ('pending_acceptance', 'accepted', 'label_created');
    insert into packing_sessions (session_id, order_id, shop_id, state, packer, version, content,
      opened_by, created_at, updated_at, ended_at)
      select ('0190c9c8-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, id, 'main', 'packed',
        'kim', 3, '{"generation": 1, "items": []}', 'kim', at, at, at from fill where n % 10 = 0;
    insert into packing_scans (client_id, seq, session_id, order_id, actor, kind, text, outcome, tone,
      message, answer, created_at)
      select ('0190c9c8-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid, s,
        ('0190c9c8-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, id, 'kim', 'scan', 'B' || s,
        'counted', 'good', 'Counted', '{}', at
      from fill, generate_series(1, 3) s where n % 10 = 0;
    insert into packing_queue (order_id, shop_id, generation, ship_by, labelled_at)
      select id, 'main', 1, at + interval '3 days', now() from fill where status = 'label_created';
    insert into conversations (mirakl_thread_id, shop_id, order_id, marketplace_order_id, topic,
      customer_name, status, message_count, last_message_at, last_sender, preview, waiting_since,
      answer_by, participants, list_rank, list_key, created_at, updated_at)
      select 't' || n, 'main', id, id, 'Question ' || n, 'Customer ' || n,
        case n % 200 when 0 then 'unread' when 10 then 'archived' else 'read' end, 3, at, 'customer',
        'When does it ship?', case when n % 200 = 0 then at end,
        case when n % 200 = 0 then now() + make_interval(mins => n % 5000 - 300) end,
        '[{"type": "CUSTOMER", "id": "c-1"}, {"type": "OPERATOR"}]',
        case n % 200 when 0 then 0 when 10 then 2 else 1 end,
        case when n % 200 = 0 then extract(epoch from now())::bigint * 1000 + n
          else -extract(epoch from at)::bigint * 1000 end, at, at
      from fill where n % 10 = 0;
    insert into messages (conversation_id, mirakl_message_id, sender_type, body, text, language,
      recipients, created_at)
      select c.id, c.mirakl_thread_id || '-' || m,
        case m when 2 then 'technician' else 'customer' end, t.words, t.words, 'en', array['SHOP'],
        f.at + make_interval(mins => m)
      from fill f join conversations c on c.mirakl_thread_id = 't' || f.n, generate_series(1, 3) m,
        lateral (select (array['The keyboard of my laptop is broken, number ',
          'We are sorry and look into it, number ', 'When does the parcel arrive, number '])[m]
          || f.n as words) t
      where f.n % 10 = 0;
    insert into audit_trail (actor, address, action, subject, at)
      select 'kim', '192.0.2.1', 'order.retry', 'order:' || id, at from fill where n % 5 = 0;
    """

  /// A thread that never ends; what the parts hold; the queue of the bench needs no further look.
  static let roomEnds = """
    insert into messages (conversation_id, mirakl_message_id, sender_type, body, text, language,
      recipients, created_at)
      select 1, 'many-' || n, 'customer', 'And another thing, ' || n, 'And another thing, ' || n,
        'en', array['SHOP'], now() - make_interval(mins => 6000 - n) from generate_series(1, 5000) n;
    update conversations set message_count = 5003 where id = 1;
    update packing_cursor set position = now();
    update component_stock s set reserved = p.held
      from (select component_id, sum(reserved) as held from order_line_parts group by 1) p
      where p.component_id = s.component_id;
    """
}
