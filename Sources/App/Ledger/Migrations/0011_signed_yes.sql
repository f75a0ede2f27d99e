-- A yes that the customer signed, and the key that the server signs with.

-- Keys of customers that a person of the business vouches for. A key is its thumbprint: one customer's.
create table customer_keys (
  business_id    text not null references businesses,
  key_id         text not null,
  customer_phone text not null,
  -- A point of P-256, uncompressed.
  public_key     bytea not null check (length(public_key) = 65),
  added_at       timestamptz not null,
  revoked_at     timestamptz,
  primary key (business_id, key_id)
);
create index customer_keys_customer on customer_keys (business_id, customer_phone);

alter table booking_confirmations
  add column question text,
  add column mandate text,
  add column signer text,
  drop constraint booking_confirmations_channel_check,
  add constraint booking_confirmations_channel_check check (
    channel in ('agent', 'elicitation', 'page', 'code', 'signature')),
  -- What is signed was asked as the server signed it, and is answered by a signature or not at all.
  add constraint booking_confirmations_signature_check check (
    (channel = 'signature') = (question is not null) and (level = 3) = (channel = 'signature')
    and (state = 'asked' or (channel = 'signature') = (mandate is not null))
    and (mandate is null) = (signer is null));

-- The newest signs; the others are kept, so that what they signed can still be checked.
create table signing_keys (
  key_id      text primary key,
  public_key  bytea not null check (length(public_key) = 65),
  private_key text not null,
  is_current  boolean not null default true,
  created_at  timestamptz not null default now()
);
create unique index signing_keys_current on signing_keys (is_current) where is_current;
