-- What customers are asked, and in which words.

-- Customers are shown a slot's time on the business's own clock.
alter table businesses
  add column time_zone text not null default 'America/Toronto',
  -- A zone that nobody knows is refused here, not by every look at a slot.
  add constraint businesses_time_zone_check
    check ((timestamptz 'epoch' at time zone time_zone) is not null);

-- Whoever carries questions did not take this one: it does not wait for an answer, though it takes one.
alter table booking_confirmations add column undelivered_at timestamptz;
