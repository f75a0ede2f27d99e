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
