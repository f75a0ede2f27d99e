-- What follows a booking, outside: rows of sheets and messages to the business.

-- The request that an effect goes back to: what is done because of it is found under the same id.
alter table effects add column correlation_id text;

-- A business's rows have one writer at a time, in whatever process: two would read past each other.
-- Whoever holds the lane has a lease with its name; it is free again with the lease.
alter table leases add column lane text;
create unique index leases_lane on leases (lane) where lane is not null;

-- What is past its life is found without reading what is not.
create index booking_drafts_expired on booking_drafts (expires_at) where order_id is null;
