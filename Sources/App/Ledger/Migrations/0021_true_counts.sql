-- What is found beside a count is booked once, and barcodes are known that are older than the stock.

-- The part's newest movement when it was counted; null for what was counted before this was kept.
alter table stocktake_lines add column counted_after bigint;

-- What is on hand from this movement on, where a file said so.
alter table stock_movements add column set_to bigint;

-- For whoever holds the part's lock: a statement that waited for it sees what was there before it waited,
-- and this is a statement of its own.
create function last_movement(part bigint) returns bigint language plpgsql
set enable_seqscan to off as $$
begin
  return (select coalesce(max(movement_id), 0) from stock_movements where component_id = part);
end $$;

-- Books the differences of a stocktake, each against what was expected when it was counted: what left
-- or came meanwhile stays as it is. Parts that nobody counted are left alone.
--
-- Several sheets may be open at once. Of two counts of a part the later one is the truth, whichever
-- sheet is closed first: what another sheet booked after a count is part of what that count had to
-- expect, and a count that is older than one that was booked books nothing. Counts and this take the
-- sheet first and the stock then, so that each is wholly before the other.
--
-- What a count found may have been found again before its sheet is closed. Where more left than was
-- known of, the pieces that it found were booked as `corrected`, and are not booked twice. A file that said
-- how many there are is the later word, as a later count is, unless it was undone.
create or replace function close_stocktake(take bigint, by_whom text, at timestamptz) returns bigint
language plpgsql as $$
declare
  booked bigint;
begin
  perform 1 from stocktakes where stocktake_id = take and state = 'open' for update;
  if not found then return null; end if;
  perform lock_stock(array(
    select component_id from stocktake_lines where stocktake_id = take and counted is not null));
  -- Not before the locks: whoever held one of them counted before this.
  at := coalesce(at, clock_timestamp());
  update stocktakes set state = 'closed', closed_by = by_whom, closed_at = at
  where stocktake_id = take;
  insert into stock_movements (component_id, delta, kind, reason, stocktake_id, actor, created_at)
  select component_id, difference, 'counted', 'stocktake: ' || title, take,
    coalesce(counted_by, by_whom), at
  from (
    select c.component_id, c.counted_by, c.title,
      case when c.rest > 0 then greatest(c.rest - c.covered, 0) else c.rest end as difference
    from (
      select l.component_id, l.counted_by, t.title, later.covered,
        l.counted - l.expected - coalesce((
          select sum(m.delta) from stocktakes o
          join stock_movements m
            on m.stocktake_id = o.stocktake_id and m.component_id = l.component_id
          where o.state = 'closed' and o.closed_at > l.counted_at and o.stocktake_id <> take), 0)
          as rest
      from stocktake_lines l
      join stocktakes t using (stocktake_id)
      cross join lateral (
        select coalesce(sum(m.delta) filter (where m.kind = 'corrected'), 0) as covered,
          coalesce(bool_or(m.set_to is not null and u.movement_id is null), false) as is_set
        from stock_movements m
        left join stock_movements u on m.set_to is not null
          and u.request_key = 'undo-import/' || m.import_id || '/' || m.component_id
        where m.component_id = l.component_id and m.movement_id > coalesce(l.counted_after, 0)
          and (l.counted_after is not null or m.created_at > l.counted_at)) later
      where l.stocktake_id = take and l.counted is not null and not later.is_set and not exists (
        select from stocktakes o join stocktake_lines other using (stocktake_id)
        where o.state = 'closed' and o.closed_at > l.counted_at
          and other.component_id = l.component_id and other.counted_at > l.counted_at)) c) counts
  where difference <> 0 order by component_id;
  get diagnostics booked = row_count;
  return booked;
end $$;

-- Since 0004 each barcode of a part is among those that scans and files ask for; those that were there
-- before it were left out. One that means another part by now keeps that meaning.
insert into component_barcodes (barcode, component_id)
select barcode, id from components where barcode ~ '^[ -~]{1,80}$'
on conflict (barcode) do nothing;
