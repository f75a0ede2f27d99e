-- Labels that were taken back lately: few, and every scan at the bench asks for them.
create index effects_undoing on effects (created_at) where kind in ('void_label', 'refund_label');
