-- The packing bench: sessions that the server owns, every scan, serial numbers, what waits to be packed.

-- A machine may carry a barcode of its own; then it is scanned like a part.
alter table base_products
  add column barcode text unique check (barcode ~ '^[ -~]{1,80}$'),
  add column asks_serial boolean not null default false;

-- Which label's parcel was closed at the bench. No index holds these, so the cycle's own changes of a
-- parcel stay as cheap as they were.
alter table shipments
  add column packed_generation integer,
  add column packed_at timestamptz,
  add check ((packed_generation is null) = (packed_at is null));

create table packing_sessions (
  session_id uuid primary key,
  order_id   text not null references orders,
  shop_id    text not null,
  state      text not null check (state in ('open', 'packed', 'held', 'stopped')),
  -- Who has it in hand; empty: nobody.
  packer     text not null,
  version    integer not null check (version >= 0),
  content    jsonb not null,
  opened_by  text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  ended_at   timestamptz,
  check ((state = 'open') = (ended_at is null))
) with (fillfactor = 50);
-- One at a time, whatever the code does.
create unique index packing_sessions_open on packing_sessions (order_id) where state = 'open';
create index packing_sessions_order on packing_sessions (order_id, created_at);
create index packing_sessions_packer on packing_sessions (packer) where state = 'open';
create index packing_sessions_ended on packing_sessions (ended_at) where state <> 'open';

-- What packers did, each scan, the wrong ones too. A client numbers what it sends: the same number is
-- the same event, and its answer is kept to the byte.
create table packing_scans (
  scan_id     bigint generated always as identity primary key,
  client_id   uuid not null,
  seq         bigint not null check (seq > 0),
  session_id  uuid references packing_sessions,
  order_id    text,
  actor       text not null,
  kind        text not null check (kind in (
    'scan', 'acknowledge', 'swap', 'undo', 'print', 'print_anyway', 'seal', 'short_pick',
    'take_over', 'leave')),
  text        text not null,
  -- By the client's own clock: scans that waited for the network were made earlier.
  captured_at timestamptz,
  outcome     text not null,
  tone        text not null check (tone in ('good', 'great', 'attention', 'bad', 'quiet')),
  message     text not null,
  item_key    text,
  answer      text not null,
  created_at  timestamptz not null,
  unique (client_id, seq)
);
create index packing_scans_session on packing_scans (session_id, scan_id) where session_id is not null;
create index packing_scans_order on packing_scans (order_id, scan_id) where order_id is not null;
create index packing_scans_time on packing_scans using brin (created_at);
create trigger append_only before update or delete on packing_scans
  for each row execute function refuse_change();
create trigger no_truncate before truncate on packing_scans
  for each statement execute function refuse_change();

-- A serial number lies in one parcel at a time, of any part and any order.
create table packing_serials (
  serial_id    bigint generated always as identity primary key,
  serial       text not null check (serial ~ '^[!-`{-~]{3,60}$'),
  component_id bigint references components,
  order_id     text not null references orders,
  session_id   uuid not null references packing_sessions,
  item_key     text not null,
  created_at   timestamptz not null,
  released_at  timestamptz
);
create unique index packing_serials_out on packing_serials (serial) where released_at is null;
create index packing_serials_order on packing_serials (order_id);

-- Labels sent to a printer, one row a wish: a repeated request prints nothing twice.
create table packing_prints (
  client_id  uuid not null,
  seq        bigint not null,
  session_id uuid not null references packing_sessions,
  printer    text not null,
  state      text not null check (state in ('sending', 'sent', 'failed')),
  detail     text not null default '',
  created_at timestamptz not null,
  primary key (client_id, seq)
);

-- What waits for the bench --------------------------------------------------------------------------

-- A projection of the history, made when somebody looks, so that the cycle pays nothing for it.
create table packing_queue (
  order_id    text primary key references orders,
  shop_id     text not null,
  generation  integer not null,
  ship_by     timestamptz,
  labelled_at timestamptz not null,
  is_done     boolean not null default false
) with (fillfactor = 80);
create index packing_queue_next on packing_queue (ship_by, order_id) where not is_done;
create index packing_queue_age on packing_queue (labelled_at);

create table packing_cursor (
  is_only  boolean primary key default true check (is_only),
  position timestamptz not null
);
insert into packing_cursor (position) values ('-infinity');

-- Brings in orders that got a label, up to `most` of them, none older than `oldest`. A transaction may
-- be seen late: the last two minutes are looked at again each time.
create function fill_packing_queue(at timestamptz, oldest interval, most integer) returns bigint
language plpgsql as $$
declare
  since timestamptz;
  found bigint;
  last  timestamptz;
begin
  select greatest(position - interval '2 minutes', at - oldest) into since
  from packing_cursor for update skip locked;
  if since is null then return 0; end if;
  with labelled as (
    select h.order_id, o.shop_id, s.generation, o.ship_by, h.created_at
    from order_status_history h
    join orders o using (order_id)
    join shipments s using (order_id)
    where h.created_at > since and h.status = 'label_created'
      and o.status in ('label_created', 'shipped')
      and s.packed_generation is distinct from s.generation
      and not exists (
        select from packing_queue q where q.order_id = h.order_id and q.generation >= s.generation)
    order by h.created_at limit most
  ), added as (
    insert into packing_queue (order_id, shop_id, generation, ship_by, labelled_at)
    select distinct on (order_id) order_id, shop_id, generation, ship_by, created_at
    from labelled order by order_id, created_at desc
    on conflict (order_id) do update set generation = excluded.generation,
      ship_by = excluded.ship_by, labelled_at = excluded.labelled_at, is_done = false
  )
  select count(*), max(created_at) into found, last from labelled;
  update packing_cursor set position = case when found < most then at else last end;
  delete from packing_queue where order_id in (
    select order_id from packing_queue where labelled_at < at - oldest limit most);
  return found;
end $$;

do $$
declare
  setting text;
begin
  foreach setting in array array['hashjoin', 'mergejoin', 'seqscan'] loop
    execute format('alter function fill_packing_queue set enable_%s to off', setting);
  end loop;
end $$;
