-- What stocktakes booked, by sheet and part.
create index stock_movements_stocktake on stock_movements (stocktake_id, component_id)
  where stocktake_id is not null;

-- Books the differences of a stocktake, each against what was expected when it was counted: what left
-- or came meanwhile stays as it is. Parts that nobody counted are left alone.
--
-- Several sheets may be open at once. Of two counts of a part the later one is the truth, whichever
-- sheet is closed first: what another sheet booked after a count is part of what that count had to
-- expect, and a count that is older than one that was booked books nothing. Counts and this take the
-- sheet first and the stock then, so that each is wholly before the other.
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
    select l.component_id, l.counted_by, t.title, l.counted - l.expected - coalesce((
      select sum(m.delta) from stocktakes o
      join stock_movements m on m.stocktake_id = o.stocktake_id and m.component_id = l.component_id
      where o.state = 'closed' and o.closed_at > l.counted_at and o.stocktake_id <> take), 0)
      as difference
    from stocktake_lines l join stocktakes t using (stocktake_id)
    where l.stocktake_id = take and l.counted is not null and not exists (
      select from stocktakes o join stocktake_lines later using (stocktake_id)
      where o.state = 'closed' and o.closed_at > l.counted_at
        and later.component_id = l.component_id and later.counted_at > l.counted_at)) counts
  where difference <> 0 order by component_id;
  get diagnostics booked = row_count;
  return booked;
end $$;
