-- The ledger's foundation: shops, orders and their history, shipments, effects, audit, catalogue,
-- conversations. The tables of the user's own documents keep their names and columns.

-- Shops -------------------------------------------------------------------------------------------

create table shops (
  shop_id     text primary key check (shop_id ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
  name        text not null,
  marketplace text not null default 'BestBuy',
  created_at  timestamptz not null default now()
);

-- How far each walk over a shop's orders has come. `position` is the marketplace's clock, not ours.
create table pull_cursors (
  shop_id       text not null references shops,
  walk          text not null check (walk in ('poll', 'sweep')),
  position      timestamptz,
  finished_at   timestamptz,
  last_problem  text,
  problem_since timestamptz,
  primary key (shop_id, walk)
);

-- Customers and conversations ---------------------------------------------------------------------

create table customers (
  id                 bigint generated always as identity primary key,
  mirakl_customer_id text not null unique,
  display_name       text,
  locale             text,
  created_at         timestamptz not null default now()
);

-- Catalogue and stock -----------------------------------------------------------------------------

create table components (
  id         bigint generated always as identity primary key,
  name       text not null,
  type       text not null,
  barcode    text unique,
  created_at timestamptz not null default now()
);

create table base_products (
  id         bigint generated always as identity primary key,
  model_name text not null unique,
  created_at timestamptz not null default now()
);

create table product_variants (
  id              bigint generated always as identity primary key,
  internal_sku    text not null unique,
  base_product_id bigint references base_products,
  title           text,
  weight_grams    integer check (weight_grams between 1 and 999999),
  length_mm       integer check (length_mm between 1 and 9999),
  width_mm        integer check (width_mm between 1 and 9999),
  height_mm       integer check (height_mm between 1 and 9999),
  created_at      timestamptz not null default now()
);

create table variant_components (
  variant_id   bigint not null references product_variants,
  component_id bigint not null references components,
  quantity     integer not null default 1 check (quantity > 0),
  primary key (variant_id, component_id)
);

-- A listing on the marketplace, to what we call it. Shop '' stands for every shop.
create table shop_sku_map (
  shop_sku   text not null,
  shop_id    text not null default '',
  variant_id bigint not null references product_variants,
  created_at timestamptz not null default now(),
  primary key (shop_sku, shop_id)
);

-- Orders ------------------------------------------------------------------------------------------

-- Which moves an order may make. One row a legal move; docs/states.md draws the same picture.
create table order_status_moves (
  channel     text not null,
  from_status text not null,
  to_status   text not null,
  primary key (channel, from_status, to_status)
);

insert into order_status_moves (channel, from_status, to_status) values
  ('marketplace', 'received', 'pending_acceptance'),
  ('marketplace', 'received', 'parked'),
  ('marketplace', 'received', 'accepted'),
  ('marketplace', 'received', 'shipped'),
  ('marketplace', 'received', 'cancelled'),
  ('marketplace', 'parked', 'pending_acceptance'),
  ('marketplace', 'parked', 'accepted'),
  ('marketplace', 'parked', 'shipped'),
  ('marketplace', 'parked', 'cancelled'),
  ('marketplace', 'pending_acceptance', 'accepted'),
  ('marketplace', 'pending_acceptance', 'acceptance_failed'),
  ('marketplace', 'pending_acceptance', 'shipped'),
  ('marketplace', 'pending_acceptance', 'cancelled'),
  ('marketplace', 'acceptance_failed', 'pending_acceptance'),
  ('marketplace', 'acceptance_failed', 'accepted'),
  ('marketplace', 'acceptance_failed', 'shipped'),
  ('marketplace', 'acceptance_failed', 'cancelled'),
  ('marketplace', 'accepted', 'label_created'),
  ('marketplace', 'accepted', 'shipped'),
  ('marketplace', 'accepted', 'cancelled'),
  ('marketplace', 'label_created', 'accepted'),
  ('marketplace', 'label_created', 'shipped'),
  ('marketplace', 'label_created', 'cancelled');

create table orders (
  order_id               text primary key,
  shop_id                text not null,
  channel                text not null default 'marketplace' check (channel in ('marketplace')),
  status                 text not null check (status in (
    'received', 'parked', 'pending_acceptance', 'accepted', 'acceptance_failed',
    'label_created', 'shipped', 'cancelled')),
  status_since           timestamptz not null,
  status_before          text not null default 'received',
  parked_reason          text,
  marketplace_state      text,
  marketplace_updated_at timestamptz,
  marketplace_seen_at    timestamptz not null,
  placed_at              timestamptz,
  accept_by              timestamptz,
  ship_by                timestamptz,
  currency               text,
  total_price            numeric(12, 2),
  has_address            boolean not null default false,
  raw_order_data         jsonb not null,
  raw_order_digest       bytea not null,
  created_at             timestamptz not null,
  updated_at             timestamptz not null,
  is_open                boolean not null
    generated always as (status not in ('shipped', 'cancelled')) stored,
  check ((status = 'parked') = (parked_reason is not null))
) with (fillfactor = 50, toast_tuple_target = 256);

-- Finding work costs the same with ten orders or ten million: only open orders are indexed. The
-- index holds nothing that changes while an order is open, and the raw order lies outside the row,
-- so a change of status writes a small row and no index at all.
create index orders_open on orders (order_id) where is_open;
create index orders_newest on orders (created_at desc, order_id);

create table order_lines (
  order_id      text not null references orders,
  order_line_id text not null,
  line_index    integer not null,
  sku           text,
  quantity      integer check (quantity >= 0),
  title         text,
  unit_price    numeric(12, 2),
  raw_line_data jsonb not null,
  primary key (order_id, order_line_id)
);
create index order_lines_sku on order_lines (sku);

-- The truth about an order's status: append-only, one row a change, partitioned by month.
create table order_status_history (
  history_id      bigint generated always as identity,
  order_id        text not null, -- the trigger below refuses an order that does not exist
  previous_status text not null,
  status          text not null,
  cause           text not null,
  actor           text not null default 'quayside',
  effect_id       bigint,
  correlation_id  text,
  created_at      timestamptz not null,
  primary key (history_id, created_at)
) partition by range (created_at);
create index order_status_history_order on order_status_history (order_id, history_id);
create index order_status_history_time on order_status_history using brin (created_at);

-- Refuses what an append-only table must refuse.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op
    using errcode = 'restrict_violation';
end $$;

create trigger append_only before update or delete on order_status_history
  for each row execute function refuse_change();
create trigger no_truncate before truncate on order_status_history
  for each statement execute function refuse_change();

-- Keeps orders.status the projection of its history, in the same transaction, a whole batch at
-- once, and refuses a move that is not in order_status_moves. Whoever writes the order's row anyway
-- may move it there, with status_before and this very row's time, before the history is inserted:
-- a new order, or one whose newest copy came in. All others are moved here.
create function project_order_status() returns trigger language plpgsql as $$
declare
  entries bigint;
  moved   bigint;
  ready   bigint;
  wrong   record;
begin
  select count(*) into entries from inserted;
  if entries = (select count(distinct order_id) from inserted) then
    -- One entry an order, the usual batch: every row must find its order where it says it is.
    select count(*) into ready
    from inserted i
    join orders o on o.order_id = i.order_id and o.status = i.status
      and o.status_since = i.created_at and o.status_before = i.previous_status
      and o.xmin = pg_current_xact_id()::xid
    join order_status_moves m on m.channel = o.channel and m.from_status = i.previous_status
      and m.to_status = i.status;
    if ready = entries then return null; end if;
    update orders o
    set status = i.status, status_before = o.status, status_since = i.created_at,
        updated_at = i.created_at,
        parked_reason = case when i.status = 'parked' then i.cause end
    from inserted i, order_status_moves m
    where o.order_id = i.order_id and o.status = i.previous_status
      and m.channel = o.channel and m.from_status = i.previous_status and m.to_status = i.status;
    get diagnostics moved = row_count;
    if moved + ready = entries then return null; end if;
    select i.order_id, i.previous_status, i.status, o.status as current into wrong
    from inserted i
    left join orders o using (order_id)
    left join order_status_moves m
      on m.channel = o.channel and m.from_status = i.previous_status and m.to_status = i.status
    where m.channel is null or o.status <> i.status or o.status_since <> i.created_at
      or o.status_before <> i.previous_status
    limit 1;
    raise exception 'illegal move of order %: % -> % (it is %)',
      wrong.order_id, wrong.previous_status, wrong.status, wrong.current
      using errcode = 'check_violation';
  end if;
  select n.order_id, n.previous_status, n.status, o.status as current into wrong
  from (
    select i.*, lag(i.status) over (partition by i.order_id order by i.history_id) as before
    from inserted i
  ) n
  left join orders o using (order_id)
  left join order_status_moves m
    on m.channel = o.channel and m.from_status = n.previous_status and m.to_status = n.status
  where m.channel is null
     or n.previous_status <> coalesce(
       n.before,
       case when n.previous_status = 'received' and o.status = n.status
              and o.status_since = n.created_at then 'received' else o.status end)
  limit 1;
  if found then
    raise exception 'illegal move of order %: % -> % (it is %)',
      wrong.order_id, wrong.previous_status, wrong.status, wrong.current
      using errcode = 'check_violation';
  end if;
  update orders o
  set status = l.status, status_before = l.previous_status, status_since = l.created_at,
      updated_at = l.created_at,
      parked_reason = case when l.status = 'parked' then l.cause end
  from (
    select distinct on (order_id) order_id, previous_status, status, created_at, cause
    from inserted order by order_id, history_id desc
  ) l
  where o.order_id = l.order_id and o.status <> l.status;
  return null;
end $$;

create trigger no_truncate before truncate on orders
  for each statement execute function refuse_change();

create trigger project_order_status after insert on order_status_history
  referencing new table as inserted
  for each statement execute function project_order_status();

-- What came from the marketplace and could not even be told which order it is: kept whole.
create table unreadable_orders (
  digest     bytea primary key,
  shop_id    text not null references shops,
  problem    text not null,
  raw        text not null,
  first_seen timestamptz not null,
  last_seen  timestamptz not null,
  times      integer not null default 1
);

-- Shipping ----------------------------------------------------------------------------------------

create table shipments (
  shipment_id       bigint generated always as identity primary key,
  order_id          text not null unique references orders,
  generation        integer not null default 1 check (generation > 0),
  status            text not null check (status in (
    'label_creation_initiated', 'label_bought', 'label_created', 'tracking_updated',
    'void_pending', 'voided', 'refund_requested')),
  request_id        text not null unique,
  account_kind      text not null default 'contract' check (account_kind in ('contract', 'non_contract')),
  group_id          text,
  service_code      text,
  cp_shipment_id    text,
  tracking_pin      text,
  cp_api_label_url  text,
  cp_label_type     text,
  cp_self_url       text,
  cp_refund_url     text,
  label_pdf_path    text,
  label_sha256      text,
  label_bytes       integer,
  refund_ticket     text,
  tracking_posted_at timestamptz,
  created_at        timestamptz not null,
  updated_at        timestamptz not null
) with (fillfactor = 60);

-- One PIN, one parcel; only the constant PIN of Canada Post's own test host may repeat.
create unique index shipments_tracking_pin on shipments (tracking_pin)
  where tracking_pin <> '123456789012';
create unique index shipments_cp_shipment on shipments (cp_shipment_id);

-- Effects: what should happen outside, exactly once each ------------------------------------------

create table effects (
  effect_id   bigint generated always as identity primary key,
  kind        text not null check (kind in (
    'accept_order', 'buy_label', 'fetch_label', 'post_tracking', 'mark_shipped',
    'void_label', 'refund_label')),
  subject     text not null,
  ordinal     integer not null default 1,
  order_id    text,
  shop_id     text not null,
  lane        text not null,
  request_key text not null,
  state       text not null check (state in (
    'planned', 'sending', 'verifying', 'unknown', 'confirmed', 'refused', 'needs_person',
    'cancelled')),
  due_at      timestamptz not null,
  deadline    timestamptz not null,
  lease       uuid,
  worker      text,
  tries       integer not null default 0,
  checks      integer not null default 0,
  sends       integer not null default 0,
  outcome     text,
  call_id     uuid,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  is_waiting  boolean not null generated always as (
    lease is null and state in ('planned', 'sending', 'verifying', 'unknown')) stored,
  is_for_people boolean not null generated always as (state in ('needs_person', 'refused')) stored,
  unique (subject, kind, ordinal),
  check (state not in ('confirmed', 'refused', 'needs_person', 'cancelled', 'planned') or lease is null)
) with (fillfactor = 60);

-- What waits in the ledger until it is due, a lane at a time. An effect that a worker goes on with
-- at once never enters this index, and its outcome is written without touching any.
create index effects_due on effects (lane, due_at) where is_waiting;
create index effects_for_people on effects (effect_id) where is_for_people;

-- Who holds what until when, a row a batch. An effect is held while it still names the lease; when
-- the lease has run out, whoever looks next gives its effects back.
create table leases (
  lease      uuid primary key,
  worker     text not null,
  expires_at timestamptz not null,
  effects    bigint[] not null
);
create index leases_expiry on leases (expires_at);

-- Everything that is not settled, without reading what is.
create view open_effects as
  select e.* from effects e where e.is_waiting
  union all
  select e.* from effects e where e.is_for_people
  union all
  select e.* from leases l cross join lateral unnest(l.effects) as held (id)
  join effects e on e.effect_id = held.id and e.lease = l.lease
  where e.state in ('sending', 'verifying', 'unknown');

-- Ends a transaction whose changes rest on what is no longer so; it is then decided anew.
create function expect_rows(seen bigint, expected bigint) returns void language plpgsql as $$
begin
  if seen <> expected then
    raise exception '% rows are as they were, of %', seen, expected
      using errcode = 'serialization_failure';
  end if;
end $$;

-- Audit -------------------------------------------------------------------------------------------

create table api_calls (
  call_id          uuid not null,
  service          text not null,
  endpoint         text not null,
  related_id       text,
  method           text not null,
  url              text not null,
  request_headers  jsonb,
  request_payload  jsonb,
  status_code      integer,
  response_headers jsonb,
  response_body    text,
  response_base64  boolean not null default false,
  response_bytes   integer,
  is_success       boolean not null,
  problem          text,
  duration_us      bigint not null,
  correlation_id   text,
  created_at       timestamptz not null,
  primary key (call_id, created_at)
) partition by range (created_at);
create index api_calls_related on api_calls (related_id, created_at) where related_id is not null;
create index api_calls_time on api_calls using brin (created_at);

create trigger append_only before update or delete on api_calls
  for each row execute function refuse_change();
create trigger no_truncate before truncate on api_calls
  for each statement execute function refuse_change();

-- Which orders one call was about, where it was about several (a read of a hundred orders).
create table api_call_subjects (
  subject    text not null,
  call_id    uuid not null,
  created_at timestamptz not null,
  primary key (subject, created_at, call_id)
) partition by range (created_at);

create trigger append_only before update or delete on api_call_subjects
  for each row execute function refuse_change();
create trigger no_truncate before truncate on api_call_subjects
  for each statement execute function refuse_change();

create table order_acceptance_attempts (
  attempt_id     bigint generated always as identity primary key,
  order_id       text not null references orders,
  attempt_number integer not null check (attempt_number > 0),
  status         text not null check (status in ('success', 'failure', 'unknown')),
  api_response   jsonb,
  call_id        uuid,
  created_at     timestamptz not null,
  unique (order_id, attempt_number)
);

create table order_acceptance_debug_logs (
  log_id              bigint generated always as identity primary key,
  order_id            text not null references orders,
  details             text not null,
  raw_request_payload jsonb,
  created_at          timestamptz not null
);
create index order_acceptance_debug_logs_order on order_acceptance_debug_logs (order_id);

create table process_failures (
  failure_id     bigint generated always as identity primary key,
  process_name   text not null,
  order_id       text references orders,
  effect_id      bigint references effects,
  details        text not null,
  correlation_id text,
  created_at     timestamptz not null,
  resolved_at    timestamptz,
  resolved_by    text
);
create index process_failures_open on process_failures (created_at) where resolved_at is null;
create index process_failures_order on process_failures (order_id);

-- Conversations -----------------------------------------------------------------------------------

create table conversations (
  id               bigint generated always as identity primary key,
  mirakl_thread_id text not null unique,
  customer_id      bigint references customers,
  order_id         text references orders,
  status           text not null default 'unread' check (status in ('unread', 'read', 'archived')),
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now()
);
create index conversations_order on conversations (order_id);

create table messages (
  id                bigint generated always as identity primary key,
  conversation_id   bigint not null references conversations,
  mirakl_message_id text unique,
  sender_type       text not null check (sender_type in ('customer', 'technician')),
  message_type      text not null default 'manual' check (message_type in ('manual', 'auto_reply')),
  body              text not null,
  created_at        timestamptz not null default now()
);
create index messages_conversation on messages (conversation_id, created_at);

-- Partitions --------------------------------------------------------------------------------------

-- A trigger on TRUNCATE is not handed down to partitions as those on rows are.
create function forbid_truncate(child text) returns void language plpgsql as $$
begin
  execute format('create trigger no_truncate before truncate on %I '
    'for each statement execute function refuse_change()', child);
end $$;

-- Makes the monthly partitions of the append-only tables from `since` to three months after `until`.
-- Rows outside every month fall into the default partition, so a wrong clock never loses a row.
create function ensure_partitions(since timestamptz, until timestamptz) returns void
language plpgsql as $$
declare
  parent text;
  month  timestamptz;
  child  text;
begin
  foreach parent in array array['order_status_history', 'api_calls', 'api_call_subjects'] loop
    if to_regclass(parent || '_default') is null then
      execute format('create table %I partition of %I default', parent || '_default', parent);
      perform forbid_truncate(parent || '_default');
    end if;
    month := date_trunc('month', since at time zone 'UTC') at time zone 'UTC';
    while month <= until + interval '3 months' loop
      child := parent || '_' || to_char(month at time zone 'UTC', 'YYYY_MM');
      if to_regclass(child) is null then
        begin
          execute format(
            'create table %I partition of %I for values from (%L) to (%L)', child, parent, month,
            ((month at time zone 'UTC') + interval '1 month') at time zone 'UTC');
          perform forbid_truncate(child);
        exception when check_violation then
          null; -- the default partition already holds rows of that month; it keeps them
        end;
      end if;
      month := ((month at time zone 'UTC') + interval '1 month') at time zone 'UTC';
    end loop;
  end loop;
end $$;

-- Large bodies compress faster with lz4, where this server has it; partitions made from here
-- on inherit it.
do $$
begin
  alter table orders alter column raw_order_data set compression lz4;
  alter table order_lines alter column raw_line_data set compression lz4;
  alter table api_calls alter column response_body set compression lz4;
  alter table api_calls alter column request_payload set compression lz4;
exception when feature_not_supported then null;
end $$;

select ensure_partitions(now() - interval '1 month', now());

-- Views that people and scripts ask ---------------------------------------------------------------

-- SKUs that orders brought and nobody has mapped yet.
create view unmapped_skus as
  select o.shop_id, l.sku, count(*) as lines, min(o.created_at) as first_seen
  from orders o join order_lines l using (order_id)
  where l.sku is not null and o.status not in ('shipped', 'cancelled')
    and not exists (
      select 1 from shop_sku_map m where m.shop_sku = l.sku and m.shop_id in ('', o.shop_id))
  group by o.shop_id, l.sku;
