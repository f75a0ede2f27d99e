-- An accepted order can be taken back at the marketplace.
alter table effects drop constraint effects_kind_check;
alter table effects add constraint effects_kind_check check (kind in (
  'accept_order', 'refuse_order', 'cancel_order', 'buy_label', 'fetch_label', 'post_tracking',
  'mark_shipped', 'void_label', 'refund_label', 'sync_sheet', 'send_push', 'send_message',
  'update_offer'));

-- The latest orders with a SKU, and each SKU once, without reading all lines that have it.
drop index order_lines_sku;
create index order_lines_sku on order_lines (sku, order_id);

-- Conversations that wait for a person for another reason than their clock.
create index conversations_for_people on conversations (id) where needs_person is not null;

-- SKUs that open orders brought and nobody has mapped yet. Where every SKU that ever came is mapped for
-- all shops, which is the usual, one look at each SKU is all; the open orders are read only where one is
-- not, each order's lines by their key.
create or replace view unmapped_skus as
  with recursive seen (sku) as (
    (select sku from order_lines where sku is not null order by sku limit 1)
    union all
    select (select l.sku from order_lines l where l.sku > s.sku order by l.sku limit 1)
    from seen s where s.sku is not null
  ), candidates as materialized (
    select sku from seen where sku is not null and not exists (
      select from shop_sku_map m where m.shop_sku = seen.sku and m.shop_id = '')
  )
  select o.shop_id, l.sku, count(*) as lines, min(o.created_at) as first_seen
  from orders o cross join lateral (
    select x.sku from order_lines x where x.order_id = o.order_id and x.sku is not null offset 0) l
  where exists (select from candidates) and o.is_open and o.channel = 'marketplace'
    and l.sku in (select sku from candidates)
    and not exists (
      select from shop_sku_map m where m.shop_sku = l.sku and m.shop_id in ('', o.shop_id))
  group by o.shop_id, l.sku;

-- A conversation that we begin has a name of ours (`new:` and a number) until the marketplace tells the
-- thread's. Where a pull brought the thread first, what we wrote goes over to it.
create function adopt_thread(message bigint, thread text) returns void language plpgsql as $$
declare
  mine  bigint;
  other bigint;
begin
  select c.id into mine from messages m join conversations c on c.id = m.conversation_id
  where m.id = message and c.mirakl_thread_id like 'new:%' for update of c;
  if mine is null then return; end if;
  begin
    update conversations set mirakl_thread_id = thread, updated_at = clock_timestamp()
    where id = mine;
  exception when unique_violation then
    select id into other from conversations where mirakl_thread_id = thread for update;
    update messages set conversation_id = other where conversation_id = mine;
    update conversation_notes set conversation_id = other where conversation_id = mine;
    delete from conversation_presence where conversation_id = mine;
    delete from conversations where id = mine;
    perform refresh_conversations(array[other]);
  end;
end $$;

-- Orders that ended after a place in the history. Never planned as a read of all of it, which a plan may
-- be that knows nothing of the place.
create function ended_since(place bigint)
returns table (channel text, status text, orders bigint) language sql stable
set enable_seqscan to off set enable_hashjoin to off set enable_mergejoin to off
set max_parallel_workers_per_gather to 0 as $$
  select o.channel, h.status, count(*)
  from order_status_history h join orders o using (order_id)
  where h.history_id > place and h.status in ('shipped', 'cancelled', 'completed')
  group by 1, 2
$$;
