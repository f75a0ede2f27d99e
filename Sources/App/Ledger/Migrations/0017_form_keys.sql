-- A form carries a key that was made with it: sent twice, it acts once.
alter table conversation_notes add column form_key text;
create unique index conversation_notes_form on conversation_notes (form_key)
  where form_key is not null;
alter table stocktakes add column form_key text;
create unique index stocktakes_form on stocktakes (form_key) where form_key is not null;
