-- What a second look at stocktakes, waiting orders and customers' keys put right.

-- What stocktakes booked, by sheet and part.
create index stock_movements_stocktake on stock_movements (stocktake_id, component_id)
  where stocktake_id is not null;

-- Books the differences of a stocktake, each against what was expected when it was counted: what left
-- or came meanwhile stays as it is. Parts that nobody counted are left alone.
--
-- Several sheets may be open at once. Of two counts of a part the later one is the truth, whichever
-- sheet is closed first: what another sheet booked after a count is part of what that count had to
-- expect, and a count that is older than one that was booked books nothing. Counts and this take the
-- sheet first and the stock then, so that each is wholly before the other.
create or replace function close_stocktake(take bigint, by_whom text, at timestamptz) returns bigint
language plpgsql as $$
declare
  booked bigint;
begin
  perform 1 from stocktakes where stocktake_id = take and state = 'open' for update;
  if not found then return null; end if;
  perform lock_stock(array(
    select component_id from stocktake_lines where stocktake_id = take and counted is not null));
  -- Not before the locks: whoever held one of them counted before this.
  at := coalesce(at, clock_timestamp());
  update stocktakes set state = 'closed', closed_by = by_whom, closed_at = at
  where stocktake_id = take;
  insert into stock_movements (component_id, delta, kind, reason, stocktake_id, actor, created_at)
  select component_id, difference, 'counted', 'stocktake: ' || title, take,
    coalesce(counted_by, by_whom), at
  from (
    select l.component_id, l.counted_by, t.title, l.counted - l.expected - coalesce((
      select sum(m.delta) from stocktakes o
      join stock_movements m on m.stocktake_id = o.stocktake_id and m.component_id = l.component_id
      where o.state = 'closed' and o.closed_at > l.counted_at and o.stocktake_id <> take), 0)
      as difference
    from stocktake_lines l join stocktakes t using (stocktake_id)
    where l.stocktake_id = take and l.counted is not null and not exists (
      select from stocktakes o join stocktake_lines later using (stocktake_id)
      where o.state = 'closed' and o.closed_at > l.counted_at
        and later.component_id = l.component_id and later.counted_at > l.counted_at)) counts
  where difference <> 0 order by component_id;
  get diagnostics booked = row_count;
  return booked;
end $$;

-- Open orders with lines that were taken on before anybody knew what their SKU stands for, or what that
-- is made of: their parts are frozen and held from now on. Called when SKUs were mapped or bills written.
-- All orders are locked before any stock, and both in their order, as in every other transaction. A
-- subquery with an offset is never turned into a join: each open order's lines are read by their key.
create function take_waiting_parts(at timestamptz) returns bigint language plpgsql
set enable_seqscan to off set enable_hashjoin to off set enable_mergejoin to off as $$
declare
  waiting text[];
  taken   record;
begin
  waiting := array(
    select o.order_id from orders o
    where o.is_open and o.channel = 'marketplace' and o.status not in ('received', 'parked')
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
drop function take_open_parts;

-- Who vouches for a customer's key, and who took that back; null for what was done before this was kept.
alter table customer_keys
  add column added_by text,
  add column revoked_by text;
