import Kit
import Testing

extension BrowserTests {
  /// The bench in a browser, under a scanner's keystrokes.
  @Suite struct Bench {
    @Test(
      "a whole parcel by scanner: a wrong scan, a doubled one, a reload, the label, the next order")
    func session() async throws {
      try await play { stage in
        try await stage.scene("bench_session")
        // The wrong scans are kept, and nothing but the right ones changed the goods.
        try await stage.expect("select count(*) from packing_scans where outcome = 'wrong_part'", 1)
        try await stage.expect(
          "select count(*) from packing_scans where outcome = 'alarm_stands'", 1)
        try await stage.expect("select count(*) from packing_scans where outcome = 'repeated'", 1)
        try await stage.expect("select count(*) from packing_serials where released_at is null", 2)
        try await stage.expect("select sum(on_hand) from component_stock", 150)
        try await stage.expect(
          "select count(*) from shipments where packed_generation = 1 and order_id = 'W1001-A'", 1)
        try await stage.expect("select count(*) from order_holds where order_id = 'W1002-A'", 1)
      }
    }

    @Test("the network goes and comes: every scan counts once, in its order, over a reload too")
    func network() async throws {
      try await play { stage in
        try await stage.scene("bench_network")
        try await stage.expect("select count(*) from packing_scans where outcome = 'repeated'", 0)
        try await stage.expect("select count(*) from packing_scans where tone = 'bad'", 0)
        try await stage.expect(
          "select count(*) from packing_scans where outcome in ('counted', 'complete')", 5)
      }
    }

    @Test("a scan that the server cannot take is shown, and keeps none behind it waiting")
    func refused() async throws {
      try await play { stage in
        try await stage.scene("bench_refused")
        try await stage.expect(
          "select count(*) from packing_scans where outcome in ('counted', 'complete')", 1)
      }
    }

    @Test("an order that was put down, or that a colleague holds, is not what the next scan is for")
    func next() async throws {
      try await play { stage in
        try await stage.scene("bench_next")
        try await stage.expect("select count(*) from packing_scans where tone = 'bad'", 1)
        try await stage.expect(
          "select count(*) from packing_sessions where order_id = 'W1001-A' and packer = 'kim'", 1)
        try await stage.expect(
          "select count(*) from packing_sessions where order_id <> 'W1001-A' and packer = 'kim'", 0)
      }
    }

    @Test("the label of a packed parcel can be printed again")
    func again() async throws {
      try await play { stage in
        try await stage.scene("bench_again")
        try await stage.expect("select count(*) from packing_scans where tone = 'bad'", 0)
        try await stage.expect("select count(*) from packing_scans where outcome = 'printed'", 3)
      }
    }

    @Test("who was signed out loses no scan, and nothing is sent under another name")
    func signedOut() async throws {
      try await play { stage in
        try await stage.scene("bench_signed_out")
        try await stage.expect(
          "select count(*) from packing_scans where outcome in ('counted', 'complete')", 3)
        try await stage.expect("select count(*) from packing_scans where actor <> 'kim'", 0)
        try await stage.expect("select count(*) from packing_scans where tone = 'bad'", 0)
      }
    }

    @Test("a parcel that must not leave the house calls from every page of the bench")
    func pull() async throws {
      try await play { stage in
        try await stage.script(
          """
          insert into packing_sessions (session_id, order_id, shop_id, state, packer, version,
            content, opened_by, created_at, updated_at, ended_at)
          values ('0190c9c8-0000-7000-8000-0000000000f2', 'W1002-A', 'main', 'packed', 'lee', 1,
            '{"printed": 1}', 'lee', now() - interval '3 days', now() - interval '3 days',
            now() - interval '3 days');
          update shipments set packed_generation = 1, packed_at = now() - interval '3 days'
          where order_id = 'W1002-A';
          insert into effects (kind, subject, order_id, shop_id, lane, request_key, state, due_at,
            deadline, created_at, updated_at)
          values ('void_label', 'W1002-A', 'W1002-A', 'main', 'carrier:main', 'void', 'planned',
            now(), now() + interval '1 hour', now(), now());
          """)
        try await stage.scene("bench_pull")
      }
    }

    @Test("the camera scans: a code counts once for each time that it comes into the picture")
    func camera() async throws {
      try await play { stage in
        try await stage.scene("bench_camera")
        try await stage.expect(
          "select count(*) from packing_scans where outcome in ('counted', 'complete')", 2)
      }
    }

    @Test("two packers, a viewer, and somebody with nothing but a keyboard")
    func people() async throws {
      try await play { stage in
        try await stage.scene("bench_two")
        try await stage.expect("select count(*) from packing_scans where kind = 'take_over'", 1)
        try await stage.expect(
          "select count(*) from stock_movements where kind in ('installed', 'removed')", 2)
      }
    }

    @Test("every look of the bench owes people its contrast, its names and its sizes")
    func looks() async throws {
      try await play { stage in try await stage.scene("bench_looks", deadline: .seconds(300)) }
    }

    private func play(_ body: (BrowserStage) async throws -> Void) async throws {
      try await BrowserStage.play(settings: ["QUAYSIDE_PACKING": "block"]) { stage in
        for (name, role) in [("kim", "packer"), ("lee", "packer"), ("vic", "viewer")] {
          try await stage.account(name, role)
        }
        try await stage.script(BenchGoods.sql(labels: stage.folder))
        for order in BenchGoods.orders {
          try AtomicFile.write(BenchGoods.label(order.id), to: "\(stage.folder)/\(order.id).pdf")
        }
        try await body(stage)
      }
    }
  }
}

extension BrowserStage {
  /// What a query counts.
  func expect(
    _ query: String, _ count: Int, at location: SourceLocation = #_sourceLocation
  ) async throws {
    do {
      try await script(
        """
        do $$ begin
          if (\(query)) is distinct from \(count) then
            raise exception 'it is %', (\(query));
          end if;
        end $$
        """)
    } catch {
      Issue.record("\(query): not \(count); \(error)", sourceLocation: location)
    }
  }
}

/// Three orders with labels and what they are made of.
enum BenchGoods {
  static let orders: [(id: String, sku: String, pin: String, hours: Int)] = [
    ("W1001-A", "SHOP-HERON", "7000000000000017", 3),
    ("W1002-A", "SHOP-OSPREY", "7000000000000024", 30),
    ("W1003-A", "SHOP-HERON", "7000000000000031", -2),
  ]

  static func label(_ id: String) -> [UInt8] {
    var page = "BT /F1 24 Tf 30 380 Td (CANADA POST) Tj 0 -60 Td (\(id)) Tj ET"
    page = "<< /Length \(page.utf8.count) >>\nstream\n\(page)\nendstream"
    let objects = [
      "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 288 432] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
      page, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    ]
    var text = "%PDF-1.4\n"
    for (i, object) in objects.enumerated() { text += "\(i + 1) 0 obj\n\(object)\nendobj\n" }
    return Array((text + "trailer << /Size 6 /Root 1 0 R >>\n%%EOF\n").utf8)
  }

  /// As the cycle would leave it.
  static func sql(labels folder: String) -> String {
    var sql = """
      insert into components (name, type, code, barcode, asks_serial) values
        ('RAM 8 GB', 'RAM', 'P-RAM8', 'RAM8', false), ('RAM 4 GB', 'RAM', 'P-RAM4', 'RAM4', false),
        ('SSD 1 TB', 'SSD', 'P-SSD1', 'SSD1', true);
      insert into base_products (model_name, barcode) values
        ('Heron 14', null), ('Osprey 15', 'OSPREY');
      insert into product_variants (internal_sku, base_product_id)
        select 'HERON-16-1T', id from base_products where model_name = 'Heron 14'
        union all select 'OSPREY-8', id from base_products where model_name = 'Osprey 15';
      insert into variant_components (variant_id, component_id, quantity)
        select v.id, c.id, case when c.code = 'P-RAM8' and v.internal_sku = 'HERON-16-1T' then 2 else 1 end
        from product_variants v, components c
        where v.internal_sku = 'HERON-16-1T' and c.code <> 'P-RAM4'
          or v.internal_sku = 'OSPREY-8' and c.code = 'P-RAM8';
      insert into shop_sku_map (shop_sku, variant_id)
        select case internal_sku when 'HERON-16-1T' then 'SHOP-HERON' else 'SHOP-OSPREY' end, id
        from product_variants where internal_sku in ('HERON-16-1T', 'OSPREY-8');
      insert into stock_movements (component_id, delta, kind, actor, created_at)
        select id, 50, 'received', 'test', now() from components;

      """
    for order in orders + [("W0999-A", "SHOP-HERON", "7000000000000048", 0)] {
      let bytes = label(order.id)
      let text = String(decoding: bytes, as: UTF8.self)
      sql += """
        insert into orders (order_id, shop_id, status, status_since, marketplace_state,
          marketplace_seen_at, ship_by, has_address, raw_order_data, raw_order_digest, created_at,
          updated_at)
        values ('\(order.id)', 'main', 'accepted', now() - interval '1 hour', 'SHIPPING', now(),
          now() + interval '\(order.hours) hours', true, '{}', '\\x00', now(), now());
        insert into order_lines (order_id, order_line_id, line_index, sku, quantity, title, raw_line_data)
        values ('\(order.id)', '\(order.id)-1', 1, '\(order.sku)', 1,
          '\(order.sku == "SHOP-HERON" ? "Heron 14 laptop, 16 GB, 1 TB" : "Osprey 15 laptop, 8 GB")', '{}');
        select settle_stock(now(), array_agg(l.order_id), array_agg(l.order_line_id),
          array_agg(vc.component_id), array_agg(vc.variant_id), array_agg(vc.quantity::bigint),
          array_agg(l.quantity::bigint), array_agg(c.asks_serial), '{}', '{}')
        from order_lines l join shop_sku_map m on m.shop_sku = l.sku
        join variant_components vc on vc.variant_id = m.variant_id
        join components c on c.id = vc.component_id where l.order_id = '\(order.id)';
        insert into shipments (order_id, status, request_id, tracking_pin, label_pdf_path,
          label_sha256, label_bytes, created_at, updated_at)
        values ('\(order.id)', 'label_created', '\(order.id)', '\(order.pin)',
          '\(folder)/\(order.id).pdf',
          encode(sha256(convert_to($label$\(text)$label$, 'UTF8')), 'hex'), \(bytes.count), now(),
          now());
        insert into order_status_history (order_id, previous_status, status, cause, created_at)
        values ('\(order.id)', 'accepted', 'label_created', 'label stored', now());

        """
    }
    // One that was packed before, with a serial number that is out since.
    return sql + """
      insert into packing_sessions (session_id, order_id, shop_id, state, packer, version, content,
        opened_by, created_at, updated_at, ended_at)
      values ('0190c9c8-0000-7000-8000-00000000000f', 'W0999-A', 'main', 'packed', 'lee', 1, '{}',
        'lee', now(), now(), now());
      insert into packing_serials (serial, component_id, order_id, session_id, item_key, created_at)
        select 'SN-USED', id, 'W0999-A', '0190c9c8-0000-7000-8000-00000000000f', 'x', now()
        from components where code = 'P-SSD1';
      update shipments set packed_generation = 1, packed_at = now() where order_id = 'W0999-A';
      """
  }
}
