-- Work is found through small indexes over large tables. What was ended leaves dead entries there, and
-- by the usual rule a table is cleaned when a fifth of it has changed: the more orders lie behind, the
-- more dead entries a claim would step over.
alter table effects set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 20000);
alter table orders set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 20000);
alter table shipments set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 20000);
