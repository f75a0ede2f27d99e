-- A customer's message that crosses our answer waits for another one.

-- One of ours that was set going again by hand answers what had come until then: whoever did that had seen it.
alter table messages add column answers_before bigint;

-- What a conversation's row says of its messages, counted anew. A message of ours counts when the
-- marketplace has shown it; before that nobody was answered. One that was written here answers what was
-- stored before it: what the customer wrote meanwhile, and a pull brought later, nobody had seen. What one
-- of ours wrote on the marketplace's pages answers all that stands above it there.
create or replace function refresh_conversations(ids bigint[]) returns void language sql as $$
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
    select max(m.created_at) filter (where m.effect_id is null) as elsewhere,
      max(coalesce(m.answers_before, m.id)) filter (where m.effect_id is not null) as here
    from messages m
    where m.conversation_id = i.id and m.sender_type = 'technician'
      and m.mirakl_message_id is not null and 'CUSTOMER' = any(m.recipients)) o
  cross join lateral (
    -- Numbers are given in the order of storing: whoever stores or answers holds the conversation's row.
    select greatest(o.elsewhere, (select settled_at from conversations s where s.id = i.id),
      (select max(m.created_at) from messages m
        where m.conversation_id = i.id and m.sender_type = 'customer' and m.id < o.here)) as at) a
  cross join lateral (
    select min(m.created_at) as since from messages m
    where m.conversation_id = i.id and m.sender_type = 'customer'
      and m.created_at > coalesce(a.at, '-infinity')) w
  where c.id = i.id
$$;

-- Those that crossed before this are shown now.
do $$
declare
  crossed bigint[];
begin
  select array_agg(distinct m.conversation_id) into crossed
  from messages o
  join messages m on m.conversation_id = o.conversation_id and m.id > o.id
    and m.created_at < o.created_at and m.sender_type = 'customer'
  where o.effect_id is not null and o.mirakl_message_id is not null;
  perform refresh_conversations(crossed);
  update conversations set status = 'unread'
  where id = any(crossed) and status = 'read' and waiting_since is not null;
end $$;
