-- What an order costs, by the log of its writes: see docs/performance.md.

-- The effects of one commit lie on one page and are changed by the next one together: a page has room for
-- as many again as it was filled with, else each that moves to another page costs all of its indexes.
alter table effects set (fillfactor = 45);
-- A parcel's row is written small and grows when its label is bought.
alter table shipments set (fillfactor = 20);

-- An order has one parcel at a time, and whoever looks for one names its order: that is the key. Nothing
-- refers to the number.
alter table shipments
  drop constraint shipments_pkey,
  drop constraint shipments_order_id_key,
  add primary key (order_id);
