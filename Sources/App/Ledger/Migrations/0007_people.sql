-- The people who use the pages: accounts, sessions, and an audit trail of everything they do.

create table people (
  person_id     bigint generated always as identity primary key,
  name          text not null unique check (name ~ '^[a-z0-9][a-z0-9._@+-]{1,59}$'),
  full_name     text not null check (length(full_name) between 1 and 80),
  role          text not null check (role in ('owner', 'agent', 'packer', 'viewer')),
  password_hash text not null,
  created_at    timestamptz not null default now(),
  -- Nobody is deleted: what they did keeps their name.
  disabled_at   timestamptz
);

-- The first page ever makes the owner. Its one row can be written once; whoever comes second, even at
-- the same moment, waits for it and finds the door closed. It is never taken out again.
create table owner_door (
  is_closed boolean primary key default true check (is_closed),
  person_id bigint not null references people,
  closed_at timestamptz not null default now()
);
create trigger append_only before update or delete on owner_door
  for each row execute function refuse_change();
create trigger no_truncate before truncate on owner_door
  for each statement execute function refuse_change();

-- Only the digest of a session's token is kept.
create table sessions (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  person_id    bigint not null references people,
  address      text not null,
  browser      text not null,
  -- What the next page tells once: `good: Held.`
  notice       text,
  created_at   timestamptz not null default now(),
  seen_at      timestamptz not null default now(),
  expires_at   timestamptz not null
) with (fillfactor = 80);
create index sessions_person on sessions (person_id);
create index sessions_age on sessions (expires_at);

-- Every try to sign in counts as failed from before the password is looked at until it proved right.
create table sign_in_tries (
  try_id    bigint generated always as identity primary key,
  name      text not null,
  address   text not null,
  tried_at  timestamptz not null default now(),
  succeeded boolean not null default false
);
create index sign_in_tries_name on sign_in_tries (name, tried_at) where not succeeded;
create index sign_in_tries_address on sign_in_tries (address, tried_at) where not succeeded;
create index sign_in_tries_age on sign_in_tries (tried_at);

-- Who did what, when and from where: one row an act, written with what it changed.
create table audit_trail (
  entry_id  bigint generated always as identity primary key,
  person_id bigint references people,
  -- The name as it was then; `person:...` for the command line.
  actor     text not null,
  address   text not null,
  action    text not null check (action ~ '^[a-z][a-z_]*(\.[a-z_]+)+$'),
  -- What it was done to: `order:W123-A`, `person:kim`.
  subject   text not null,
  detail    text not null default '',
  at        timestamptz not null default clock_timestamp()
);
create index audit_trail_subject on audit_trail (subject, entry_id);
create index audit_trail_person on audit_trail (person_id, entry_id);
create trigger append_only before update or delete on audit_trail
  for each row execute function refuse_change();
create trigger no_truncate before truncate on audit_trail
  for each statement execute function refuse_change();

-- Orders that a person holds: nothing more of theirs goes out until they are released. The mark in the
-- order's own row is what the cycle reads, under the lock that it takes anyway.
alter table orders add column is_held boolean not null default false;
create table order_holds (
  order_id text primary key references orders,
  reason   text not null check (length(reason) between 1 and 500),
  actor    text not null,
  since    timestamptz not null default clock_timestamp()
);

-- How many orders have ended, by channel and status, up to a place in the history: the pages count only
-- what came after it. An order ends once, so what is remembered never changes.
create table order_tallies (
  channel text not null,
  status  text not null,
  orders  bigint not null check (orders >= 0),
  primary key (channel, status)
);
create table order_tally_places (history_id bigint not null);
insert into order_tally_places select coalesce(max(history_id), 0) from order_status_history;
insert into order_tallies
  select channel, status, count(*) from orders where not is_open group by channel, status;

-- Orders that ended otherwise than shipped are few, and are listed by when they did.
create index order_status_history_ended on order_status_history (status, created_at desc, order_id)
  where status in ('cancelled', 'completed');
