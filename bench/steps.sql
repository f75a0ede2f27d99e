-- pgbench: one step of an order, durable: its row updated, one audit row written.
\set id random(1, 200000)
with u as (
  update bench_orders set status = 'STEP', step = step + 1, updated_at = now()
  where id = :id returning id)
insert into bench_audit (order_id, event, detail) select id, 'poll', 'HTTP 200' from u;
