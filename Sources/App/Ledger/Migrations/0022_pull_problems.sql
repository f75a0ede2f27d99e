-- When a walk failed last: a shop that is not pulled any more is no alarm.
alter table pull_cursors add column failed_at timestamptz;
update pull_cursors set failed_at = clock_timestamp() where last_problem is not null;

-- A month's table waits for whoever reads its parent, a backup say, and all who write wait behind it. There
-- are three months to try again.
alter function ensure_partitions(timestamptz, timestamptz) set lock_timeout = '300ms';
