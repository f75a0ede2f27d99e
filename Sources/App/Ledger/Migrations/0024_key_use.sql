-- A key that leaked is found by who uses it, and revoked. To the minute: not every request writes.
alter table api_keys add column last_used_at timestamptz;
