-- Customer service: threads and messages as the marketplace shows them, answers, notes, templates and
-- rules. The tables of 0001 keep their names and columns.

-- How far the messages of a shop have been pulled.
alter table pull_cursors drop constraint pull_cursors_walk_check;
alter table pull_cursors add constraint pull_cursors_walk_check
  check (walk in ('poll', 'sweep', 'messages'));

-- Conversations -----------------------------------------------------------------------------------

alter table conversations
  add column shop_id                text references shops,
  add column topic                  text not null default '',
  add column entity_type            text,
  -- As the marketplace says it; order_id follows when we know the order.
  add column marketplace_order_id   text,
  add column customer_name          text,
  add column language               text not null default 'en' check (language in ('en', 'fr')),
  -- Who may be written to: [{"type": "CUSTOMER", "id": "...", "name": "..."}].
  add column participants           jsonb not null default '[]',
  add column message_count          integer not null default 0,
  -- Messages at the marketplace when the thread was last read whole.
  add column complete_count         integer not null default 0,
  add column marketplace_updated_at timestamptz,
  add column last_message_at        timestamptz,
  add column last_sender            text,
  add column preview                text not null default '',
  -- Since when the customer waits for us, and until when an answer is on time.
  add column waiting_since          timestamptz,
  add column answer_within          interval not null default '24 hours',
  -- Somebody said that no answer is needed: here, by archiving, or on the marketplace's pages.
  add column settled_at             timestamptz,
  add column answer_by              timestamptz,
  -- Why a person has to look, beside a new message.
  add column needs_person           text,
  -- Unread first, those due soonest at the top; then the rest, the latest at the top.
  add column list_rank              bigint not null default 0,
  add column list_key               bigint not null default 0,
  add column search tsvector generated always as (
    to_tsvector('simple', left(topic || ' ' || coalesce(customer_name, '') || ' '
      || coalesce(marketplace_order_id, ''), 2000))) stored;

create index conversations_list on conversations (list_rank, list_key, id);
create index conversations_search on conversations using gin (search);
create index conversations_unmatched on conversations (marketplace_order_id)
  where order_id is null and marketplace_order_id is not null;
create index conversations_answer_by on conversations (answer_by) where answer_by is not null;
create index conversations_customer on conversations (customer_id);

create function place_conversation() returns trigger language plpgsql as $$
begin
  new.list_rank := case new.status when 'unread' then 0 when 'read' then 1 else 2 end;
  new.list_key := case when new.status = 'unread'
    then floor(extract(epoch from coalesce(new.answer_by, new.last_message_at, new.created_at)) * 1000)
    else -floor(extract(epoch from coalesce(new.last_message_at, new.created_at)) * 1000) end;
  return new;
end $$;

create trigger place_conversation before insert or update on conversations
  for each row execute function place_conversation();

-- Messages ----------------------------------------------------------------------------------------

-- The marketplace's own people write too; the seeds' two words stay.
alter table messages drop constraint messages_sender_type_check;
alter table messages add constraint messages_sender_type_check
  check (sender_type in ('customer', 'technician', 'operator'));

-- A message of ours is written here when it is decided, with the effect that sends it; the
-- marketplace's id comes when it was read back.
alter table messages
  -- What people read: the body without tags, entities and anything that steers a display.
  add column text          text not null default '',
  add column language      text not null default 'en' check (language in ('en', 'fr')),
  add column sender_name   text,
  add column recipients    text[] not null default '{}',
  -- Of the text as two copies of one message have it in common.
  add column body_digest   bytea,
  add column effect_id     bigint unique references effects,
  -- What the marketplace answered when it took it; mirakl_message_id follows when it was read back.
  add column answered_id   text,
  -- Who of ours wrote it.
  add column actor         text,
  -- Of the form that it came from: the same form sent twice is one message.
  add column form_key      text unique,
  add column template      text,
  add column stored_at     timestamptz not null default now(),
  -- Never sent, and a person said that it shall not be.
  add column discarded_at  timestamptz,
  add column discarded_by  text,
  add column search tsvector generated always as (
    to_tsvector('simple', left(coalesce(sender_name, ''), 200))
    || to_tsvector(case language when 'fr' then 'french'::regconfig else 'english'::regconfig end,
      left(text, 100000))) stored;

create index messages_search on messages using gin (search);
drop index messages_conversation;
create index messages_conversation on messages (conversation_id, created_at, id);

-- While one of our messages is not proved, the same words cannot be written to the same thread again:
-- no double click is two messages, and what is found in the thread is never ambiguous.
create unique index messages_one_open on messages (conversation_id, body_digest)
  where effect_id is not null and mirakl_message_id is null and discarded_at is null;

-- For rules: what customers wrote lately.
create index messages_of_customers on messages (created_at) where sender_type = 'customer';

-- What a conversation's row says of its messages, counted anew. A message of ours counts when the
-- marketplace has shown it; before that nobody was answered.
create function refresh_conversations(ids bigint[]) returns void language sql as $$
  update conversations c set
    message_count = n.count, last_message_at = coalesce(l.at, c.last_message_at),
    last_sender = l.sender, preview = coalesce(l.preview, ''), waiting_since = w.since,
    answer_by = w.since + c.answer_within, updated_at = clock_timestamp()
  from unnest(ids) as i (id)
  cross join lateral (select count(*)::integer as count from messages m
    where m.conversation_id = i.id and m.discarded_at is null) n
  left join lateral (
    select m.created_at as at, m.sender_type as sender, left(m.text, 200) as preview
    from messages m
    where m.conversation_id = i.id and m.discarded_at is null
    order by m.created_at desc, m.id desc limit 1) l on true
  cross join lateral (
    select greatest(max(m.created_at), (select settled_at from conversations s where s.id = i.id))
      as at
    from messages m
    where m.conversation_id = i.id and m.sender_type = 'technician'
      and m.mirakl_message_id is not null and 'CUSTOMER' = any(m.recipients)) a
  cross join lateral (
    select min(m.created_at) as since from messages m
    where m.conversation_id = i.id and m.sender_type = 'customer'
      and m.created_at > coalesce(a.at, '-infinity')) w
  where c.id = i.id
$$;

create table message_attachments (
  id                   bigint generated always as identity primary key,
  message_id           bigint not null references messages on delete cascade,
  mirakl_attachment_id text unique,
  name                 text not null,
  content_type         text not null,
  bytes                bigint not null check (bytes >= 0),
  sha256               text,
  state                text not null check (state in ('listed', 'stored', 'refused')),
  problem              text,
  tries                integer not null default 0,
  next_try_at          timestamptz not null default now(),
  created_at           timestamptz not null default now(),
  check ((state = 'stored') = (sha256 is not null)),
  check (state <> 'refused' or problem is not null)
);
create index message_attachments_message on message_attachments (message_id, id);
create index message_attachments_listed on message_attachments (next_try_at) where state = 'listed';

-- Beside the messages -----------------------------------------------------------------------------

create table conversation_notes (
  id              bigint generated always as identity primary key,
  conversation_id bigint not null references conversations,
  author          text not null,
  body            text not null check (body <> ''),
  created_at      timestamptz not null default now()
);
create index conversation_notes_conversation on conversation_notes (conversation_id, created_at);

-- Who has a thread open. It may be lost with the server: browsers say it again every few seconds.
create unlogged table conversation_presence (
  conversation_id bigint not null,
  actor           text not null,
  is_writing      boolean not null default false,
  seen_at         timestamptz not null,
  primary key (conversation_id, actor)
);

-- Templates and rules -----------------------------------------------------------------------------

create table reply_templates (
  id         bigint generated always as identity primary key,
  name       text not null unique check (name <> ''),
  body_en    text not null check (body_en <> ''),
  body_fr    text,
  version    integer not null default 1,
  updated_by text not null,
  updated_at timestamptz not null default now(),
  retired_at timestamptz
);

create table reply_rules (
  id               bigint generated always as identity primary key,
  name             text not null unique check (name <> ''),
  position         integer not null default 100,
  template_id      bigint not null references reply_templates,
  topics           text[] not null default '{}',
  order_statuses   text[] not null default '{}',
  languages        text[] not null default '{}',
  hours            text not null default 'anytime' check (hours in ('anytime', 'open', 'closed')),
  opening_hours    text not null default 'Mon-Fri 09:00-17:00',
  time_zone        text not null default 'America/Toronto',
  old_after_s      bigint not null default 259200 check (old_after_s > 0),
  message_age_s    bigint not null default 86400 check (message_age_s > 0),
  delay_s          bigint not null default 300 check (delay_s between 0 and 86400),
  version          integer not null default 1,
  is_armed         boolean not null default false,
  armed_by         text,
  armed_at         timestamptz,
  -- The version that somebody has looked at in a dry run; no other can be armed.
  tried_version    integer,
  tried_by         text,
  tried_at         timestamptz,
  updated_by       text not null,
  updated_at       timestamptz not null default now(),
  check (not is_armed or (tried_version is not null and tried_version = version)),
  check (not is_armed or (armed_at is not null and armed_by is not null))
);

-- What a rule made of a message: one row, whatever it came to.
create table rule_firings (
  id              bigint generated always as identity primary key,
  rule_id         bigint not null references reply_rules,
  rule_version    integer not null,
  conversation_id bigint not null references conversations,
  message_id      bigint not null references messages on delete cascade,
  decision        text not null check (decision in ('waiting', 'replied', 'raised', 'silent',
    'cancelled')),
  reason          text not null,
  due_at          timestamptz not null,
  reply_id        bigint references messages,
  replied_on      date,
  created_at      timestamptz not null,
  decided_at      timestamptz,
  unique (message_id),
  check ((decision = 'replied') = (reply_id is not null)),
  check ((decision = 'replied') = (replied_on is not null))
);
create index rule_firings_due on rule_firings (due_at) where decision = 'waiting';
create index rule_firings_rule on rule_firings (rule_id, created_at desc);
-- At most one automatic answer a thread a day, whoever decides it.
create unique index rule_firings_one_a_day on rule_firings (conversation_id, replied_on)
  where decision = 'replied';

insert into reply_templates (name, body_en, body_fr, updated_by) values
  ('First answer',
   E'Hello {{customer.first_name | there}},\n\nthank you for your message about order {{order.id | with us}}. One of us reads it now and answers you within one business day.\n\nKind regards\n{{shop.name}}',
   E'Bonjour {{customer.first_name | à vous}},\n\nmerci de votre message au sujet de la commande {{order.id | chez nous}}. Une personne de notre équipe le lit et vous répond d''ici un jour ouvrable.\n\nCordialement\n{{shop.name}}',
   'quayside'),
  ('On its way',
   E'Hello {{customer.first_name | there}},\n\nyour order {{order.id}} has shipped with Canada Post. You can follow it under the number {{tracking.number}}: {{tracking.url}}\n\nIf anything is not as it should be, just answer here and one of us looks at it.\n\nKind regards\n{{shop.name}}',
   E'Bonjour {{customer.first_name | à vous}},\n\nvotre commande {{order.id}} a été expédiée par Postes Canada. Vous pouvez la suivre sous le numéro {{tracking.number}} : {{tracking.url}}\n\nSi quelque chose ne va pas, répondez simplement ici et l''un de nous s''en occupe.\n\nCordialement\n{{shop.name}}',
   'quayside');

insert into reply_rules (name, position, template_id, topics, order_statuses, updated_by)
select 'Where is my parcel', 10, id,
  array['deliver', 'shipping', 'shipment', 'track', 'where', 'livraison', 'colis', 'suivi'],
  array['shipped'], 'quayside' from reply_templates where name = 'On its way';
insert into reply_rules (name, position, template_id, updated_by)
select 'First answer', 100, id, 'quayside' from reply_templates where name = 'First answer';
