-- An order's first copy stays as it came in raw_order_data; the newest one lies beside it as text, the
-- very bytes that came: making jsonb of every copy was a seventh of the database's work for an order.
alter table orders add column newest_order_data text;
do $$
begin
  alter table orders alter column newest_order_data set compression lz4;
exception when feature_not_supported then null;
end $$;

-- The order as the marketplace showed it last.
create function order_data(o orders) returns jsonb language sql stable
  return coalesce(o.newest_order_data::jsonb, o.raw_order_data);

-- Headers are kept to be read by people, never searched by their parts.
alter table api_calls
  alter column request_headers type json using request_headers::text::json,
  alter column response_headers type json using response_headers::text::json;
