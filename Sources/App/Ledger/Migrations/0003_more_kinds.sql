-- What else happens outside exactly once: an answer to a customer, and what the marketplace is told
-- about an offer's quantity.
alter table effects drop constraint effects_kind_check;
alter table effects add constraint effects_kind_check check (kind in (
  'accept_order', 'buy_label', 'fetch_label', 'post_tracking', 'mark_shipped', 'void_label',
  'refund_label', 'sync_sheet', 'send_push', 'send_message', 'update_offer'));
