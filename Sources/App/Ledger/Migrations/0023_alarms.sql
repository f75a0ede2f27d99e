-- What will be late or stands still. A row stays as long as its cause, so that people are told once.
create table alarms (
  kind       text not null check (kind in (
    'kept_back', 'accept_by', 'ship_by', 'answer_by', 'standstill', 'pull')),
  -- An order, a conversation, a lane, or a walk of a shop.
  subject    text not null,
  failure_id bigint not null references process_failures,
  raised_at  timestamptz not null,
  primary key (kind, subject)
);
create index alarms_failure on alarms (failure_id);

-- Whether people's own program was told of a failure; until then it is tried again.
alter table process_failures
  add column notified_at  timestamptz,
  add column notify_after timestamptz,
  add column notify_tries integer not null default 0;
update process_failures set notified_at = created_at;
create index process_failures_untold on process_failures (failure_id)
  where notified_at is null and resolved_at is null;

-- How often a file with this quantity was taken in in vain. Three times is a person's question: the marketplace takes rows of a file
-- silently for wrong, and the shop oversells meanwhile.
alter table shop_offers add column told_times integer not null default 0;

create or replace function plan_offers(
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
      and shop_sku = any(skus) and (problem is null or told is distinct from wanted or told_at < at - interval '1 day')) then
    return null;
  end if;
  select coalesce(max(ordinal), 0) + 1 into next_ordinal from offer_pushes
  where shop_id = for_shop;
  insert into offer_pushes (shop_id, ordinal, created_at) values (for_shop, next_ordinal, at)
  returning push_id into new_push;
  insert into offer_push_lines (push_id, shop_sku, quantity)
  select new_push, shop_sku, wanted from shop_offers
  where shop_id = for_shop and wanted is distinct from seen and shop_sku = any(skus)
    and (problem is null or told is distinct from wanted or told_at < at - interval '1 day');
  update shop_offers o set told = l.quantity, told_at = at,
    told_times = case when o.told = l.quantity then o.told_times else 0 end
  from offer_push_lines l
  where l.push_id = new_push and o.shop_id = for_shop and o.shop_sku = l.shop_sku;
  insert into effects (kind, subject, ordinal, shop_id, lane, request_key, state, due_at, deadline,
    created_at, updated_at)
  values ('update_offer', 'offers:' || for_shop, next_ordinal, for_shop, on_lane,
    'update_offer:' || for_shop || ':' || next_ordinal, 'planned', at,
    at + make_interval(secs => deadline_us / 1e6), at, at);
  return next_ordinal;
end $$;

create or replace function note_offers(
  at timestamptz, for_push bigint, with_import text, why text, skus text[], quantities bigint[]
) returns void language plpgsql as $$
declare
  in_vain text;
begin
  if with_import is not null then
    update offer_pushes set import_id = with_import where push_id = for_push;
    return;
  end if;
  update offer_pushes set settled_at = at, problem = why
  where push_id = for_push and settled_at is null;
  if not found or why is not null then return; end if;
  with shown as (
    update shop_offers o set seen = u.quantity, seen_at = at,
      told_times = case when u.quantity = l.quantity then 0
        when p.import_id is null then o.told_times else o.told_times + 1 end,
      problem = case
        when u.sku is null then 'the marketplace has no such offer'
        when u.quantity <> l.quantity and o.told_times >= 2 and p.import_id is not null
          then 'told ' || o.told_times + 1 || ' times that it is ' || l.quantity
            || ', and the marketplace shows ' || u.quantity end
    from offer_pushes p
    join offer_push_lines l using (push_id)
    left join unnest(skus, quantities) as u (sku, quantity) on u.sku = l.shop_sku
    where p.push_id = for_push and o.shop_id = p.shop_id and o.shop_sku = l.shop_sku
    returning o.shop_sku, o.problem, u.sku is not null as is_there
  )
  select string_agg(shop_sku || ': ' || problem, '; ' order by shop_sku) into in_vain
  from shown where is_there and problem is not null;
  update process_failures f set resolved_at = at, resolved_by = 'quayside'
  from effects e, offer_pushes p
  where p.push_id = for_push and e.subject = 'offers:' || p.shop_id and e.kind = 'update_offer'
    and f.effect_id = e.effect_id and f.resolved_at is null
    and (f.process_name <> 'OfferInVain' or not exists (
      select from shop_offers o
      where o.shop_id = p.shop_id and o.told_times >= 3 and o.problem is not null));
  if in_vain is not null then
    insert into process_failures (process_name, effect_id, details, created_at)
    select 'OfferInVain', e.effect_id, 'shop ' || p.shop_id || ': ' || left(in_vain, 2000), at
    from offer_pushes p join effects e on e.kind = 'update_offer'
      and e.subject = 'offers:' || p.shop_id and e.ordinal = p.ordinal
    where p.push_id = for_push;
  end if;
end $$;
