-- Orders that were taken on at the moment when somebody mapped their SKU or wrote its bill of materials: the
-- intake read the catalogue before, and stored the order after the mapping had looked for such orders. A
-- sweep looks again at orders whose status is younger than this (null: at all open ones).
drop function take_waiting_parts(timestamptz);
create function take_waiting_parts(at timestamptz, since timestamptz) returns bigint language plpgsql
set enable_seqscan to off set enable_hashjoin to off set enable_mergejoin to off as $$
declare
  waiting text[];
  taken   record;
begin
  if not exists (select from variant_components) then return 0; end if;
  waiting := array(
    select o.order_id from orders o
    where o.is_open and o.channel = 'marketplace' and o.status not in ('received', 'parked')
      and (since is null or o.status_since >= since)
      and exists (
        select from order_lines l
        cross join lateral (
          select variant_id from shop_sku_map where shop_sku = l.sku and shop_id in ('', o.shop_id)
          order by shop_id desc limit 1) m
        join variant_components vc using (variant_id)
        where l.order_id = o.order_id and l.quantity > 0 and not exists (
          select from order_line_parts p
          where p.order_id = l.order_id and p.order_line_id = l.order_line_id)
        offset 0)
    order by o.order_id for update);
  select array_agg(l.order_id) as orders, array_agg(l.order_line_id) as lines,
    array_agg(vc.component_id) as parts, array_agg(m.variant_id) as variants,
    array_agg(vc.quantity::bigint) as per_unit, array_agg(l.quantity::bigint) as units,
    array_agg(c.asks_serial) as serials
  into taken
  from orders o
  join order_lines l using (order_id)
  cross join lateral (
    select variant_id from shop_sku_map where shop_sku = l.sku and shop_id in ('', o.shop_id)
    order by shop_id desc limit 1) m
  join variant_components vc using (variant_id)
  join components c on c.id = vc.component_id
  where o.order_id = any(waiting) and l.quantity > 0 and not exists (
    select from order_line_parts p
    where p.order_id = l.order_id and p.order_line_id = l.order_line_id);
  if taken.orders is null then return 0; end if;
  perform settle_stock(at, taken.orders, taken.lines, taken.parts, taken.variants, taken.per_unit,
    taken.units, taken.serials, '{}', '{}');
  return cardinality(waiting);
end $$;
