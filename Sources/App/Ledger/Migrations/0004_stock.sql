-- Stock: parts by movements, what orders hold of them, and what the marketplace was told about it.

-- Components and their barcodes ---------------------------------------------------------------------

create sequence component_codes;

-- `code` is what people and files call a part.
alter table components
  add column code text not null unique default 'P' || lpad(nextval('component_codes')::text, 5, '0'),
  add column asks_serial boolean not null default false,
  -- Warn when what is free lasts for fewer days than this.
  add column cover_days integer not null default 14 check (cover_days between 0 and 3650),
  add column is_active boolean not null default true,
  add constraint components_code_check check (code ~ '^[!-~]{1,64}$');
alter sequence component_codes owned by components.code;
create index components_by_name on components (lower(name), id);

-- One part may carry several barcodes (a maker's, ours); one barcode means one part.
-- `components.barcode` is the one that is printed.
create table component_barcodes (
  barcode      text primary key check (barcode ~ '^[ -~]{1,80}$'),
  component_id bigint not null references components,
  created_at   timestamptz not null default now()
);
create index component_barcodes_component on component_barcodes (component_id);

create function keep_barcode() returns trigger language plpgsql as $$
begin
  if new.barcode is null then return null; end if;
  insert into component_barcodes (barcode, component_id) values (new.barcode, new.id)
  on conflict (barcode) do nothing;
  if not exists (
    select from component_barcodes where barcode = new.barcode and component_id = new.id) then
    raise exception 'barcode % belongs to another part', new.barcode using errcode = 'unique_violation';
  end if;
  return null;
end $$;
create trigger keep_barcode after insert or update of barcode on components
  for each row execute function keep_barcode();

-- A listing's price as we mean it, for the check against an order's, and what of its stock is kept
-- back from the marketplace.
alter table shop_sku_map
  add column price numeric(12, 2) check (price >= 0),
  add column buffer integer not null default 0 check (buffer >= 0),
  add column created_by text not null default 'quayside';
create index shop_sku_map_variant on shop_sku_map (variant_id);
create index variant_components_component on variant_components (component_id);

-- Stock ---------------------------------------------------------------------------------------------

-- The projection: what is there, and what open orders hold of it. `reserved` may be more than there is
-- where a shop accepts always; nothing else may take it below what is physically possible.
create table component_stock (
  component_id bigint primary key references components,
  on_hand      bigint not null default 0 check (on_hand >= 0),
  reserved     bigint not null default 0 check (reserved >= 0)
) with (fillfactor = 50);

insert into component_stock (component_id) select id from components;

create function give_stock() returns trigger language plpgsql as $$
begin
  insert into component_stock (component_id) select id from added;
  return null;
end $$;
create trigger give_stock after insert on components
  referencing new table as added for each statement execute function give_stock();

create table stock_imports (
  import_id  bigint generated always as identity primary key,
  file_name  text not null,
  sha256     bytea not null,
  row_count  integer not null,
  applied    integer not null,
  refused    integer not null,
  actor      text not null,
  created_at timestamptz not null
);

create table stocktakes (
  stocktake_id bigint generated always as identity primary key,
  title        text not null,
  -- The sheet does not show what is expected.
  is_blind     boolean not null default true,
  state        text not null default 'open' check (state in ('open', 'closed', 'cancelled')),
  created_by   text not null,
  created_at   timestamptz not null,
  closed_by    text,
  closed_at    timestamptz,
  check ((state = 'open') = (closed_at is null))
);

-- The truth about stock: append-only, one row a change.
create table stock_movements (
  movement_id   bigint generated always as identity primary key,
  component_id  bigint not null references components,
  delta         bigint not null check (delta <> 0 and delta between -1000000000 and 1000000000),
  kind          text not null check (kind in (
    'received', 'adjusted', 'imported', 'counted', 'returned',
    'shipped', 'installed', 'uninstalled', 'removed', 'corrected')),
  reason        text,
  order_id      text,
  order_line_id text,
  import_id     bigint references stock_imports,
  stocktake_id  bigint references stocktakes,
  actor         text not null,
  -- Who sends the same request again books nothing again.
  request_key   text,
  created_at    timestamptz not null,
  check (case kind
    when 'received' then delta > 0
    when 'returned' then delta > 0
    when 'uninstalled' then delta > 0
    when 'removed' then delta > 0
    when 'corrected' then delta > 0
    when 'shipped' then delta < 0
    when 'installed' then delta < 0
    else true end),
  check (kind not in ('shipped', 'installed', 'uninstalled') or order_id is not null),
  check (kind <> 'adjusted' or reason ~ '[^[:space:]]')
);
create unique index stock_movements_request on stock_movements (request_key)
  where request_key is not null;
create index stock_movements_component on stock_movements (component_id, movement_id);
create index stock_movements_order on stock_movements (order_id) where order_id is not null;
create index stock_movements_import on stock_movements (import_id) where import_id is not null;
create index stock_movements_time on stock_movements using brin (created_at);

create trigger append_only before update or delete on stock_movements
  for each row execute function refuse_change();
create trigger no_truncate before truncate on stock_movements
  for each statement execute function refuse_change();

-- What went out, a row a part and day: days of cover without reading every movement.
create table stock_usage (
  component_id bigint not null references components,
  day          date not null,
  used         bigint not null,
  primary key (component_id, day)
) with (fillfactor = 50);

-- Takes the locks of these parts in the order of their ids, whoever asks: two transactions that do so
-- before their first change of stock never wait for each other in a ring.
create function lock_stock(parts bigint[]) returns void language plpgsql as $$
begin
  perform 1 from component_stock where component_id = any(parts) order by component_id for update;
end $$;

create function project_stock() returns trigger language plpgsql as $$
begin
  perform lock_stock(array(select component_id from added));
  update component_stock s set on_hand = s.on_hand + a.delta
  from (select component_id, sum(delta) as delta from added group by component_id) a
  where s.component_id = a.component_id and a.delta <> 0;
  insert into stock_usage (component_id, day, used)
  select component_id, (created_at at time zone 'UTC')::date, -sum(delta)
  from added where kind in ('shipped', 'installed', 'uninstalled')
  group by 1, 2 order by 1, 2
  on conflict (component_id, day) do update set used = stock_usage.used + excluded.used;
  return null;
end $$;
create trigger project_stock after insert on stock_movements
  referencing new table as added for each statement execute function project_stock();

-- What orders need --------------------------------------------------------------------------------

-- Says whether an order's end concerns the stock, without asking for its parts.
alter table orders add column has_parts boolean not null default false;

-- The bill of materials as it was when the order was taken on, frozen; `reserved` is what the order
-- still holds, `consumed` what has left for it.
create table order_line_parts (
  order_id      text not null references orders,
  order_line_id text not null,
  component_id  bigint not null references components,
  variant_id    bigint not null references product_variants,
  per_unit      integer not null check (per_unit > 0),
  units         integer not null check (units > 0),
  asks_serial   boolean not null,
  reserved      bigint not null check (reserved >= 0),
  consumed      bigint not null default 0 check (consumed >= 0),
  created_at    timestamptz not null,
  primary key (order_id, order_line_id, component_id),
  foreign key (order_id, order_line_id) references order_lines,
  check (reserved + consumed <= per_unit::bigint * units)
) with (fillfactor = 70);
create index order_line_parts_holding on order_line_parts (component_id, order_id) where reserved > 0;

create function keep_parts_frozen() returns trigger language plpgsql as $$
begin
  if (old.order_id, old.order_line_id, old.component_id, old.variant_id, old.per_unit, old.units,
      old.asks_serial) is distinct from
     (new.order_id, new.order_line_id, new.component_id, new.variant_id, new.per_unit, new.units,
      new.asks_serial) then
    raise exception 'the parts of order % are frozen', old.order_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger keep_parts_frozen before update on order_line_parts
  for each row execute function keep_parts_frozen();
create trigger append_only before delete on order_line_parts
  for each row execute function refuse_change();
create trigger no_truncate before truncate on order_line_parts
  for each statement execute function refuse_change();

create function project_new_parts() returns trigger language plpgsql as $$
begin
  perform lock_stock(array(select component_id from added));
  update component_stock s set reserved = s.reserved + a.held
  from (select component_id, sum(reserved) as held from added group by component_id) a
  where s.component_id = a.component_id and a.held <> 0;
  return null;
end $$;
create trigger project_new_parts after insert on order_line_parts
  referencing new table as added for each statement execute function project_new_parts();

create function project_changed_parts() returns trigger language plpgsql as $$
begin
  perform lock_stock(array(select component_id from added));
  update component_stock s set reserved = s.reserved + a.held
  from (
    select component_id, sum(held) as held
    from (select component_id, reserved as held from added
      union all select component_id, -reserved from removed) both_sides
    group by component_id) a
  where s.component_id = a.component_id and a.held <> 0;
  return null;
end $$;
create trigger project_changed_parts after update on order_line_parts
  referencing new table as added old table as removed
  for each statement execute function project_changed_parts();

-- Where more leaves than the count knew of, the count was wrong: the difference is written down first.
-- Whoever calls holds the locks.
create function cover_stock(parts bigint[], needed bigint[], by_whom text, at timestamptz)
returns void language plpgsql as $$
begin
  insert into stock_movements (component_id, delta, kind, reason, actor, created_at)
  select s.component_id, n.needed - s.on_hand, 'corrected', 'more left than the count knew of',
    by_whom, at
  from (select part, sum(amount)::bigint as needed from unnest(parts, needed) as u (part, amount)
    group by part) n
  join component_stock s on s.component_id = n.part
  where n.needed > s.on_hand;
end $$;

-- What a batch of decisions about orders means for the stock, all at once: parts that orders take on,
-- orders that let go of theirs, orders whose parts have left.
create function settle_stock(
  at timestamptz, taken_order text[], taken_line text[], taken_part bigint[], taken_variant bigint[],
  taken_per_unit bigint[], taken_units bigint[], taken_serial boolean[],
  released text[], shipped text[]
) returns void language plpgsql as $$
begin
  perform lock_stock(taken_part || array(
    select component_id from order_line_parts
    where order_id = any(released || shipped) and reserved > 0));
  if cardinality(taken_order) > 0 then
    insert into order_line_parts (order_id, order_line_id, component_id, variant_id, per_unit,
      units, asks_serial, reserved, created_at)
    select o, l, part, variant, per_unit, units, serial, per_unit * units, at
    from unnest(taken_order, taken_line, taken_part, taken_variant, taken_per_unit, taken_units,
      taken_serial) as u (o, l, part, variant, per_unit, units, serial)
    on conflict do nothing;
    update orders set has_parts = true where order_id = any(taken_order) and not has_parts;
  end if;
  if cardinality(released) > 0 then
    update order_line_parts set reserved = 0 where order_id = any(released) and reserved > 0;
  end if;
  if cardinality(shipped) > 0 then
    perform cover_stock(array_agg(component_id), array_agg(reserved), 'quayside', at)
    from order_line_parts where order_id = any(shipped) and reserved > 0;
    insert into stock_movements (component_id, delta, kind, order_id, order_line_id, actor,
      created_at)
    select component_id, -reserved, 'shipped', order_id, order_line_id, 'quayside', at
    from order_line_parts where order_id = any(shipped) and reserved > 0
    order by order_id, order_line_id, component_id;
    update order_line_parts set consumed = consumed + reserved, reserved = 0
    where order_id = any(shipped) and reserved > 0;
  end if;
end $$;

-- Books movements in the caller's transaction. One whose request key was booked before books nothing,
-- and is not among the rows that come back. For an order's line, `installed` takes from what the line
-- holds and `uninstalled` gives back to it; `removed` is a part that came out of a machine and goes
-- into stock. What leaves beyond the count is written down as found, when `covers`.
create function book_stock(
  at timestamptz, by_whom text, covers boolean, parts bigint[], deltas bigint[], kinds text[],
  reasons text[], for_orders text[], for_lines text[], keys text[]
) returns setof stock_movements language plpgsql as $$
declare
  fresh boolean[];
begin
  perform lock_stock(parts);
  select array_agg(key is null or not exists (
    select from stock_movements m where m.request_key = key) order by n)
  into fresh from unnest(keys) with ordinality as u (key, n);
  if covers then
    perform cover_stock(array_agg(part), array_agg(-delta), by_whom, at)
    from unnest(parts, deltas, fresh) as u (part, delta, is_fresh) where delta < 0 and is_fresh;
  end if;
  update order_line_parts p set
    reserved = p.reserved - least(u.amount, p.reserved),
    consumed = p.consumed + least(u.amount, p.reserved)
  from (
    select part, o, l, -sum(delta)::bigint as amount
    from unnest(parts, deltas, kinds, for_orders, for_lines, fresh)
      as u (part, delta, kind, o, l, is_fresh)
    where kind = 'installed' and is_fresh group by part, o, l) u
  where p.order_id = u.o and p.order_line_id = u.l and p.component_id = u.part and p.reserved > 0;
  update order_line_parts p set
    reserved = p.reserved + case when o.is_open then least(u.amount, p.consumed) else 0 end,
    consumed = p.consumed - least(u.amount, p.consumed)
  from (
    select part, o, l, sum(delta)::bigint as amount
    from unnest(parts, deltas, kinds, for_orders, for_lines, fresh)
      as u (part, delta, kind, o, l, is_fresh)
    where kind = 'uninstalled' and is_fresh group by part, o, l) u
  join orders o on o.order_id = u.o
  where p.order_id = u.o and p.order_line_id = u.l and p.component_id = u.part and p.consumed > 0;
  return query
    insert into stock_movements (component_id, delta, kind, reason, order_id, order_line_id, actor,
      request_key, created_at)
    select part, delta, kind, reason, o, l, by_whom, key, at
    from unnest(parts, deltas, kinds, reasons, for_orders, for_lines, keys, fresh) with ordinality
      as u (part, delta, kind, reason, o, l, key, is_fresh, n)
    where is_fresh order by n
    on conflict (request_key) where request_key is not null do nothing
    returning *;
end $$;

-- What the bench shows: each part that an order's line needs, and every barcode that means it.
create view order_parts as
  select p.order_id, p.order_line_id, l.line_index, p.component_id, c.code, c.name, c.type,
    p.per_unit, p.units, p.asks_serial, p.reserved, p.consumed, p.variant_id, v.internal_sku,
    b.model_name, array(
      select barcode from component_barcodes where component_id = p.component_id order by barcode
    ) as barcodes
  from order_line_parts p
  join order_lines l using (order_id, order_line_id)
  join components c on c.id = p.component_id
  join product_variants v on v.id = p.variant_id
  left join base_products b on b.id = v.base_product_id;

create view variant_availability as
  select v.id as variant_id, v.internal_sku,
    min(floor(greatest(s.on_hand - s.reserved, 0) / vc.quantity))::bigint as buildable
  from product_variants v
  join variant_components vc on vc.variant_id = v.id
  join component_stock s using (component_id)
  group by v.id, v.internal_sku;

create table stocktake_lines (
  stocktake_id bigint not null references stocktakes,
  component_id bigint not null references components,
  counted      bigint check (counted between 0 and 1000000000),
  -- On hand at the moment of the count: parts may go on leaving meanwhile.
  expected     bigint check (expected >= 0),
  counted_by   text,
  counted_at   timestamptz,
  times        integer not null default 0,
  primary key (stocktake_id, component_id),
  check ((counted is null) = (expected is null))
);

-- What the marketplace is told ----------------------------------------------------------------------

-- An offer's quantity: the newest one wanted, the last one that was sent, the last one that was read.
create table shop_offers (
  shop_id    text not null references shops,
  shop_sku   text not null,
  wanted     bigint check (wanted >= 0),
  wanted_at  timestamptz,
  told       bigint,
  told_at    timestamptz,
  seen       bigint,
  seen_at    timestamptz,
  problem    text,
  primary key (shop_id, shop_sku)
) with (fillfactor = 60);
create index shop_offers_behind on shop_offers (shop_id, shop_sku)
  where wanted is distinct from seen;

-- One message to the marketplace about a shop's offers; an effect carries it.
create table offer_pushes (
  push_id    bigint generated always as identity primary key,
  shop_id    text not null references shops,
  ordinal    integer not null,
  import_id  text,
  created_at timestamptz not null,
  settled_at timestamptz,
  -- Why nobody can say that it worked.
  problem    text,
  unique (shop_id, ordinal)
);
create unique index offer_pushes_open on offer_pushes (shop_id) where settled_at is null;

create table offer_push_lines (
  push_id  bigint not null references offer_pushes,
  shop_sku text not null,
  quantity bigint not null check (quantity >= 0),
  outcome  text,
  primary key (push_id, shop_sku)
);

alter table effects drop constraint effects_kind_check;
alter table effects add constraint effects_kind_check check (kind in (
  'accept_order', 'refuse_order', 'buy_label', 'fetch_label', 'post_tracking', 'mark_shipped',
  'void_label', 'refund_label', 'sync_sheet', 'send_push', 'send_message', 'update_offer'));

-- SKUs that open orders brought and nobody has mapped yet, from the index of what is open.
create or replace view unmapped_skus as
  select o.shop_id, l.sku, count(*) as lines, min(o.created_at) as first_seen
  from orders o join order_lines l using (order_id)
  where l.sku is not null and o.is_open and o.channel = 'marketplace'
    and not exists (
      select 1 from shop_sku_map m where m.shop_sku = l.sku and m.shop_id in ('', o.shop_id))
  group by o.shop_id, l.sku;

-- These look rows up by their keys, however many there are. Planned while the tables were small and
-- kept, they would read whole tables instead.
do $$
declare
  f text;
  setting text;
begin
  foreach f in array array['lock_stock', 'project_stock', 'project_new_parts', 'project_changed_parts',
      'cover_stock', 'settle_stock', 'book_stock'] loop
    foreach setting in array array['hashjoin', 'mergejoin', 'seqscan'] loop
      execute format('alter function %I set enable_%s to off', f, setting);
    end loop;
  end loop;
end $$;

-- Open orders whose lines were taken on before anybody knew what their SKU stands for: their parts are
-- frozen and held from now on. Called when a SKU is mapped or a bill of materials is written.
create function take_open_parts(for_shop text, for_sku text, at timestamptz) returns bigint
language plpgsql as $$
declare
  waiting text[];
  taken   record;
begin
  waiting := array(
    select o.order_id from orders o
    where o.is_open and o.channel = 'marketplace' and o.status not in ('received', 'parked')
      and (for_shop = '' or o.shop_id = for_shop)
      and exists (
        select from order_lines l where l.order_id = o.order_id and l.sku = for_sku
          and l.quantity > 0 and not exists (
            select from order_line_parts p
            where p.order_id = l.order_id and p.order_line_id = l.order_line_id))
    order by o.order_id for update);
  select array_agg(l.order_id) as orders, array_agg(l.order_line_id) as lines,
    array_agg(vc.component_id) as parts, array_agg(m.variant_id) as variants,
    array_agg(vc.quantity::bigint) as per_unit, array_agg(l.quantity::bigint) as units,
    array_agg(c.asks_serial) as serials
  into taken
  from order_lines l
  join orders o using (order_id)
  join lateral (
    select variant_id from shop_sku_map where shop_sku = l.sku and shop_id in ('', o.shop_id)
    order by shop_id desc limit 1) m on true
  join variant_components vc using (variant_id)
  join components c on c.id = vc.component_id
  where l.order_id = any(waiting) and l.sku = for_sku and l.quantity > 0
    and not exists (
      select from order_line_parts p
      where p.order_id = l.order_id and p.order_line_id = l.order_line_id);
  if taken.orders is null then return 0; end if;
  perform settle_stock(at, taken.orders, taken.lines, taken.parts, taken.variants, taken.per_unit,
    taken.units, taken.serials, '{}', '{}');
  return cardinality(waiting);
end $$;

-- Books the differences of a stocktake, each against what was expected when it was counted: what left
-- or came meanwhile stays as it is. Parts that nobody counted are left alone.
create function close_stocktake(take bigint, by_whom text, at timestamptz) returns bigint
language plpgsql as $$
declare
  booked bigint;
begin
  update stocktakes set state = 'closed', closed_by = by_whom, closed_at = at
  where stocktake_id = take and state = 'open';
  if not found then return null; end if;
  perform lock_stock(array(
    select component_id from stocktake_lines where stocktake_id = take and counted <> expected));
  insert into stock_movements (component_id, delta, kind, reason, stocktake_id, actor, created_at)
  select l.component_id, l.counted - l.expected, 'counted', 'stocktake: ' || t.title, take,
    coalesce(l.counted_by, by_whom), at
  from stocktake_lines l join stocktakes t using (stocktake_id)
  where l.stocktake_id = take and l.counted <> l.expected order by l.component_id;
  get diagnostics booked = row_count;
  return booked;
end $$;

-- Notes the quantities that are wanted, and plans one push of those that the marketplace does not show,
-- with its effect. None while another is under way, and none for an hour after one that failed.
create function plan_offers(
  at timestamptz, for_shop text, on_lane text, skus text[], quantities bigint[], deadline_us bigint
) returns integer language plpgsql as $$
declare
  next_ordinal integer;
  new_push     bigint;
begin
  perform 1 from shops where shop_id = for_shop for no key update;
  insert into shop_offers (shop_id, shop_sku, wanted, wanted_at)
  select for_shop, sku, quantity, at from unnest(skus, quantities) as u (sku, quantity)
  order by sku
  on conflict (shop_id, shop_sku) do update set wanted = excluded.wanted, wanted_at = at
    where shop_offers.wanted is distinct from excluded.wanted;
  if exists (
    select from offer_pushes where shop_id = for_shop and (settled_at is null
      or problem is not null and settled_at > at - interval '1 hour')) then
    return null;
  end if;
  if not exists (
    select from shop_offers where shop_id = for_shop and wanted is distinct from seen
      and shop_sku = any(skus) and (problem is null or told is distinct from wanted)) then
    return null;
  end if;
  select coalesce(max(ordinal), 0) + 1 into next_ordinal from offer_pushes
  where shop_id = for_shop;
  insert into offer_pushes (shop_id, ordinal, created_at) values (for_shop, next_ordinal, at)
  returning push_id into new_push;
  insert into offer_push_lines (push_id, shop_sku, quantity)
  select new_push, shop_sku, wanted from shop_offers
  where shop_id = for_shop and wanted is distinct from seen and shop_sku = any(skus)
    and (problem is null or told is distinct from wanted);
  update shop_offers o set told = l.quantity, told_at = at
  from offer_push_lines l
  where l.push_id = new_push and o.shop_id = for_shop and o.shop_sku = l.shop_sku;
  insert into effects (kind, subject, ordinal, shop_id, lane, request_key, state, due_at, deadline,
    created_at, updated_at)
  values ('update_offer', 'offers:' || for_shop, next_ordinal, for_shop, on_lane,
    'update_offer:' || for_shop || ':' || next_ordinal, 'planned', at,
    at + make_interval(secs => deadline_us / 1e6), at, at);
  return next_ordinal;
end $$;

-- What became of a push: it was taken in, its offers were read, or nobody can say.
create function note_offers(
  at timestamptz, for_push bigint, with_import text, why text, skus text[], quantities bigint[]
) returns void language plpgsql as $$
begin
  if with_import is not null then
    update offer_pushes set import_id = with_import where push_id = for_push;
    return;
  end if;
  update offer_pushes set settled_at = at, problem = why
  where push_id = for_push and settled_at is null;
  if not found or why is not null then return; end if;
  update shop_offers o set seen = u.quantity, seen_at = at,
    problem = case when u.sku is null then 'the marketplace has no such offer' end
  from offer_pushes p
  join offer_push_lines l using (push_id)
  left join unnest(skus, quantities) as u (sku, quantity) on u.sku = l.shop_sku
  where p.push_id = for_push and o.shop_id = p.shop_id and o.shop_sku = l.shop_sku;
  update process_failures f set resolved_at = at, resolved_by = 'quayside'
  from effects e, offer_pushes p
  where p.push_id = for_push and e.subject = 'offers:' || p.shop_id and e.kind = 'update_offer'
    and f.effect_id = e.effect_id and f.resolved_at is null;
end $$;

-- Files that somebody sent in and has looked at, until they are applied or a day has gone by.
create table stock_files (
  file_id    bigint generated always as identity primary key,
  file_name  text not null,
  content    bytea not null,
  actor      text not null,
  created_at timestamptz not null
);
