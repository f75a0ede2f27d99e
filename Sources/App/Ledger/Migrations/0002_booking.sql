-- Orders that are booked with us, by agents and by people. They are rows of `orders` like those of the
-- marketplace, with the same history and the same effects; what only a booking has is in `bookings`.

-- Channels ----------------------------------------------------------------------------------------

alter table orders drop constraint orders_channel_check;
alter table orders drop constraint orders_status_check;
alter table orders add constraint orders_channel_check check (channel in ('marketplace', 'booking'));
alter table orders add constraint orders_status_check check (
  channel = 'marketplace' and status in ('received', 'parked', 'pending_acceptance', 'accepted',
    'acceptance_failed', 'label_created', 'shipped', 'cancelled')
  or channel = 'booking' and status in ('pending', 'confirmed', 'processing', 'completed',
    'cancelled'));

-- The moves of a booking. `received` is the status before the first one, as everywhere.
insert into order_status_moves (channel, from_status, to_status) values
  ('booking', 'received', 'pending'),
  ('booking', 'pending', 'confirmed'),
  ('booking', 'pending', 'cancelled'),
  ('booking', 'confirmed', 'processing'),
  ('booking', 'confirmed', 'cancelled'),
  ('booking', 'processing', 'completed'),
  ('booking', 'processing', 'cancelled');

-- The projection looks each order up by its key, however many there are. Planned while the table was
-- small and kept, it would read the whole index for each batch instead.
alter function project_order_status() set enable_hashjoin to off;
alter function project_order_status() set enable_mergejoin to off;

-- A completed booking is over too.
alter table orders drop column is_open;
alter table orders add column is_open boolean not null
  generated always as (status not in ('shipped', 'cancelled', 'completed')) stored;
create index orders_open on orders (order_id) where is_open;

alter table effects drop constraint effects_kind_check;
alter table effects add constraint effects_kind_check check (kind in (
  'accept_order', 'buy_label', 'fetch_label', 'post_tracking', 'mark_shipped', 'void_label',
  'refund_label', 'sync_sheet', 'send_push'));

-- Businesses --------------------------------------------------------------------------------------

-- A business is a shop of its own channel: its orders carry its id as their shop's.
create table businesses (
  business_id text primary key references shops,
  name        text not null,
  currency    text not null check (currency ~ '^[A-Z]{3}$'),
  created_at  timestamptz not null default now()
);

create table ai_capabilities (
  business_id           text primary key references businesses,
  order_booking_enabled boolean not null default false,
  has_catalogue         boolean not null default true,
  requires_slot         boolean not null default false,
  line_quantity_max     integer check (line_quantity_max > 0),
  order_quantity_max    integer check (order_quantity_max > 0),
  order_value_max       numeric(12, 2) check (order_value_max > 0),
  orders_per_hour_max   integer check (orders_per_hour_max > 0),
  -- `0.00:1,100.00:2`: from each amount on, the least level of the customer's yes.
  confirmation_levels   text not null default '0.00:1,100.00:2',
  confirmation_seconds  integer not null default 900 check (confirmation_seconds between 1 and 604800),
  draft_seconds         integer not null default 86400 check (draft_seconds between 1 and 2592000),
  sheets_sync_enabled   boolean not null default false,
  sheets_spreadsheet_id text,
  sheets_sheet_name     text not null default 'Orders',
  sheets_credentials    jsonb,
  push_enabled          boolean not null default false,
  push_target           text,
  updated_at            timestamptz not null default now()
);

-- Only the digest of a key is kept.
create table api_keys (
  key_id        text primary key,
  business_id   text not null references businesses,
  name          text not null,
  kind          text not null check (kind in ('agent', 'staff')),
  scopes        text[] not null,
  secret_sha256 bytea not null unique,
  created_at    timestamptz not null default now(),
  revoked_at    timestamptz
);
create index api_keys_business on api_keys (business_id);

create table catalogue_items (
  business_id text not null references businesses,
  item_id     text not null,
  name        text not null,
  unit_price  numeric(12, 2) not null check (unit_price >= 0),
  is_active   boolean not null default true,
  updated_at  timestamptz not null default now(),
  primary key (business_id, item_id)
);

create table booking_slots (
  business_id text not null references businesses,
  slot_id     text not null,
  starts_at   timestamptz not null,
  ends_at     timestamptz not null check (ends_at > starts_at),
  capacity    integer not null check (capacity >= 0),
  taken       integer not null default 0 check (taken between 0 and capacity),
  primary key (business_id, slot_id)
) with (fillfactor = 70);
create index booking_slots_time on booking_slots (business_id, starts_at);

-- Bookings ----------------------------------------------------------------------------------------

create table bookings (
  order_id        text primary key references orders,
  -- Also its order's shop_id; it comes from an API key, which has its business.
  business_id     text not null,
  source          text not null check (source in ('ai', 'manual')),
  version         integer not null default 1 check (version > 0),
  customer_name   text not null,
  customer_phone  text not null,
  notes           text,
  slot_id         text,
  principal       text not null,
  draft_id        uuid,
  confirmation_id uuid,
  -- The canonical summary that the customer saw, to the byte.
  summary         text,
  fingerprint     bytea not null,
  -- Five minutes each, counted since 1970: an index that grows at one end stays fast.
  fingerprint_window bigint not null,
  request_sha256  bytea not null,
  correlation_id  text not null,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  foreign key (business_id, slot_id) references booking_slots,
  -- An agent books with a customer's yes, or not at all.
  check (source <> 'ai' or confirmation_id is not null and draft_id is not null and summary is not null)
) with (fillfactor = 90);
create unique index bookings_draft on bookings (draft_id) where draft_id is not null;
create unique index bookings_confirmation on bookings (confirmation_id)
  where confirmation_id is not null;
create index bookings_fingerprint on bookings (fingerprint_window, fingerprint);
create index bookings_newest on bookings (business_id, created_at, order_id);

create table idempotency_keys (
  business_id      text not null,
  principal        text not null,
  operation        text not null,
  key              text not null,
  state            text not null check (state in ('completed', 'failed')),
  request_sha256   bytea not null,
  canonical_sha256 bytea not null,
  status           integer not null check (status between 200 and 499),
  code             text,
  answer           bytea,
  order_id         text,
  tries            integer not null default 1,
  created_at       timestamptz not null,
  primary key (business_id, principal, operation, key),
  check ((state = 'completed') = (answer is not null))
);
create index idempotency_keys_age on idempotency_keys using brin (created_at);

-- Drafts and what customers said ------------------------------------------------------------------

create table booking_drafts (
  draft_id    uuid primary key,
  business_id text not null references businesses,
  principal   text not null,
  version     integer not null check (version > 0),
  content     jsonb not null,
  -- The request that it was made for, where an agent sent a whole order at once.
  request_key text,
  order_id    text unique references orders,
  expires_at  timestamptz not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null
) with (fillfactor = 70);
create unique index booking_drafts_request on booking_drafts (business_id, principal, request_key)
  where request_key is not null;
create index booking_drafts_newest on booking_drafts (business_id, created_at);

create table booking_confirmations (
  confirmation_id uuid primary key,
  draft_id        uuid not null references booking_drafts,
  draft_version   integer not null,
  summary_sha256  bytea not null check (length(summary_sha256) = 32),
  channel         text not null check (channel in ('agent', 'elicitation', 'page', 'code')),
  level           smallint not null check (level between 0 and 3),
  principal       text not null,
  nonce_sha256    bytea not null unique,
  code_sha256     bytea,
  code_tries      integer not null default 0,
  state           text not null check (state in ('asked', 'accepted', 'declined')),
  words           text,
  asked_at        timestamptz not null,
  expires_at      timestamptz not null,
  answered_at     timestamptz
);
create index booking_confirmations_draft on booking_confirmations (draft_id);

-- A yes serves for one order, once: the keys say so, whatever the code does.
create table booking_consents (
  confirmation_id uuid primary key references booking_confirmations,
  order_id        text not null unique references orders,
  level           smallint not null check (level >= 1),
  consumed_at     timestamptz not null
);
create trigger append_only before update or delete on booking_consents
  for each row execute function refuse_change();
create trigger no_truncate before truncate on booking_consents
  for each statement execute function refuse_change();

create table booking_approvals (
  draft_id       uuid not null references booking_drafts,
  draft_version  integer not null,
  summary_sha256 bytea not null,
  exceeded       text[] not null,
  principal      text not null,
  created_at     timestamptz not null,
  primary key (draft_id, draft_version)
);

-- What agents and people asked for around a booking, in order.
create table booking_calls (
  call_id        bigint generated always as identity primary key,
  business_id    text not null references businesses,
  draft_id       uuid,
  order_id       text,
  operation      text not null,
  principal      text not null,
  outcome        text not null,
  request_sha256 bytea,
  correlation_id text,
  created_at     timestamptz not null
);
create index booking_calls_draft on booking_calls (draft_id) where draft_id is not null;
create index booking_calls_order on booking_calls (order_id) where order_id is not null;
create trigger append_only before update or delete on booking_calls
  for each row execute function refuse_change();
create trigger no_truncate before truncate on booking_calls
  for each statement execute function refuse_change();

-- SKUs are the marketplace's.
create or replace view unmapped_skus as
  select o.shop_id, l.sku, count(*) as lines, min(o.created_at) as first_seen
  from orders o join order_lines l using (order_id)
  where l.sku is not null and o.status not in ('shipped', 'cancelled', 'completed')
    and o.channel = 'marketplace'
    and not exists (
      select 1 from shop_sku_map m where m.shop_sku = l.sku and m.shop_id in ('', o.shop_id))
  group by o.shop_id, l.sku;
