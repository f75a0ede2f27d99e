-- The tables of bench/steps.sql, with 200,000 open orders.
drop table if exists bench_orders, bench_audit;
create table bench_orders (
  id          bigint primary key,
  status      text not null default 'NEW',
  step        integer not null default 0,
  shipment_no text,
  updated_at  timestamptz not null default now()
);
create table bench_audit (
  id       bigint generated always as identity primary key,
  order_id bigint not null,
  event    text not null,
  detail   text not null,
  at       timestamptz not null default now()
);
create index bench_audit_order on bench_audit (order_id);
insert into bench_orders (id) select generate_series(1, 200000);
analyze bench_orders;
