-- Quayside's own user and database, made once on the primary:
--   psql -v password=... -f database.sql
create role quayside login password :'password';
create database quayside owner quayside;
