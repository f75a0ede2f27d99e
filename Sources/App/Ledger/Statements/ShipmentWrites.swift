import Kit
import Orders
import Postgres

/// The row that marks an order as being shipped; a voided parcel's row begins a new generation.
struct InsertShipments: FreshStatement {
  static let sql = "\(freshSQL) on conflict (order_id) do nothing"
  static let freshSQL = """
    insert into shipments (order_id, status, request_id, account_kind, group_id, created_at,
      updated_at)
    select id, 'label_creation_initiated', request, kind, grp, $1, $1
    from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as u (id, request, kind, grp)
    """
  let now: Timestamp
  let shipments: [NewShipment]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(shipments.map(\.orderID))
    b.append(shipments.map(\.requestID))
    b.append(shipments.map(\.accountKind))
    b.append(shipments.map(\.groupID))
  }
}

/// A PIN that another parcel already carries is not written: the row would be refused and with it
/// the whole batch. The purchase itself is kept; the missing PIN then asks for a person.
struct UpdateShipments: PostgresStatement {
  static let sql = """
    update shipments s set status = coalesce(u.status, s.status),
      cp_shipment_id = coalesce(u.carrier, s.cp_shipment_id),
      service_code = coalesce(u.service, s.service_code),
      tracking_pin = coalesce(s.tracking_pin, case when u.pin = '123456789012' or not exists (
        select 1 from shipments t where t.tracking_pin = u.pin
          and t.tracking_pin <> '123456789012' and t.order_id <> u.id) then u.pin end),
      cp_api_label_url = coalesce(u.label, s.cp_api_label_url),
      cp_label_type = coalesce(u.type, s.cp_label_type),
      cp_self_url = coalesce(u.self, s.cp_self_url),
      cp_refund_url = coalesce(u.refund, s.cp_refund_url),
      label_pdf_path = coalesce(u.path, s.label_pdf_path),
      label_sha256 = coalesce(u.sha, s.label_sha256),
      label_bytes = coalesce(u.size, s.label_bytes),
      refund_ticket = coalesce(u.ticket, s.refund_ticket),
      tracking_posted_at = case when u.posted then coalesce(s.tracking_posted_at, $1)
        else s.tracking_posted_at end,
      updated_at = $1
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[], $10::text[], $11::text[], $12::bigint[], $13::text[], $14::boolean[],
      $15::text[])
      as u (id, status, carrier, pin, label, type, self, refund, path, sha, size, ticket, posted,
        service)
    where s.order_id = u.id
    """
  let now: Timestamp
  let updates: [ShipmentUpdate]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(updates.map(\.orderID))
    b.append(updates.map { $0.status?.rawValue })
    b.append(updates.map(\.carrierID))
    b.append(updates.map(\.trackingPIN))
    b.append(updates.map(\.labelURL))
    b.append(updates.map(\.labelType))
    b.append(updates.map(\.selfURL))
    b.append(updates.map(\.refundURL))
    b.append(updates.map(\.labelPath))
    b.append(updates.map(\.labelSHA256))
    b.append(updates.map { $0.labelBytes.map(Int64.init) })
    b.append(updates.map(\.refundTicket))
    b.append(updates.map(\.isTrackingPosted))
    b.append(updates.map(\.serviceCode))
  }
}
